package io.graft.checkpoint.pytorch;

import static io.graft.checkpoint.pytorch.Pickle.floats;
import static io.graft.checkpoint.pytorch.TorchFiles.zipWithFour;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.pytorch.Pickle.Call;
import io.graft.checkpoint.pytorch.Pickle.Name;
import io.graft.checkpoint.pytorch.Pickle.Raw;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Ways to what may not be run: by its name, by a way round it, and by a state. Each file is refused, and would have run code in Python. */
class HostilePicklesTest {
    @TempDir
    Path folder;

    private String refusal(Object beside) {
        TorchFiles files = new TorchFiles(folder);
        Path file = files.write(zipWithFour(Map.of("state_dict", Map.of("a", floats("0", 4)), "x", beside))
                .build());
        CheckpointException refused = assertThrows(CheckpointException.class, () -> TorchFiles.open(file));
        assertEquals(Reason.REFUSED, refused.reason());
        assertEquals("do not use this file unless you know who wrote it", refused.help());
        return refused.detail().replaceFirst("^'archive/data.pkl', byte \\d+: ", "");
    }

    @ParameterizedTest
    @CsvSource({
        "os, system",
        "os.path, os.system",
        "posix, fork",
        "nt, startfile",
        "sys, modules",
        "subprocess, run",
        "_posixsubprocess, fork_exec",
        "pty, spawn",
        "builtins, compile",
        "builtins, open",
        "builtins, setattr",
        "builtins, globals",
        "__builtin__, execfile",
        "__builtin__, file",
        "importlib, import_module",
        "importlib.machinery, SourceFileLoader",
        "runpy, run_path",
        "pickle, loads",
        "_pickle, Unpickler",
        "dill, loads",
        "cloudpickle, loads",
        "joblib, load",
        "marshal, loads",
        "shelve, open",
        "torch, load",
        "torch.serialization, load",
        "torch.jit, load",
        "torch.hub, load",
        "torch, hub.load",
        "torch.storage, _load_from_bytes",
        "torch.package, PackageImporter",
        "torch.utils.cpp_extension, load_inline",
        "numpy, load",
        "numpy.testing, run_module_suite",
        "pandas.io.pickle, read_pickle",
        "ctypes, CDLL",
        "types, FunctionType",
        "code, InteractiveInterpreter",
        "timeit, timeit",
        "cProfile, run",
        "trace, Trace",
        "commands, getoutput",
        "shutil, rmtree",
        "io, open",
        "codecs, open",
        "operator, call",
        "webbrowser, open",
        "socket, socket",
        "urllib.request, urlretrieve",
        "logging.config, listen",
        "torch.serialization, os",
        "torch.serialization, os.system",
        "torch.nn, Module.__init__.__globals__",
        "asyncio, subprocess.create_subprocess_shell"
    })
    void byItsName(String module, String name) {
        assertEquals(
                "the file asks to run " + module + "." + name + "; nothing was run",
                refusal(Call.of(module, name, "touch graft-was-owned")));
        // As a value that is never called, which somebody may call later.
        assertEquals(
                "the file asks to run " + module + "." + name + "; nothing was run", refusal(new Name(module, name)));
    }

    private static Call getattr(Object target, Object name) {
        return new Call(new Name("builtins", "getattr"), List.of(target, name));
    }

    private static Call build(String state) {
        return new Call(new Name("m", "C"), List.of(new Raw("cm\nC\n)\u0081" + state + "b")));
    }

    static Stream<Object[]> waysRound() {
        String named = "the file asks to run %s; nothing was run";
        String attribute =
                "the file takes the attribute '%s' of an object, which leads to running code; nothing was run";
        String handed = "%s is handed to %s, which would take any attribute";
        Name functional = new Name("torch.nn", "functional");
        return Stream.of(
                new Object[] {
                    getattr(new Name("torch", "serialization"), "load"), named.formatted("torch.serialization.load")
                },
                new Object[] {getattr(new Name("torch", "hub_"), "os"), named.formatted("torch.hub_.os")},
                new Object[] {
                    getattr(getattr(functional, "torch"), "os"), named.formatted("torch.nn.functional.torch.os")
                },
                new Object[] {
                    new Call(new Name("__builtin__", "getattr"), List.of(new Name("numpy", "core"), "ctypes")),
                    named.formatted("numpy.core.ctypes")
                },
                new Object[] {
                    getattr(new Name("torch.jit", "_serialization"), "load"),
                    named.formatted("torch.jit._serialization.load")
                },
                new Object[] {getattr(Call.of("m", "C"), "__globals__"), attribute.formatted("__globals__")},
                new Object[] {getattr(Call.of("m", "C"), "__reduce_ex__"), attribute.formatted("__reduce_ex__")},
                new Object[] {getattr("", "__class__"), attribute.formatted("__class__")},
                new Object[] {Call.of("operator", "attrgetter", "system"), attribute.formatted("system")},
                new Object[] {
                    Call.of("operator", "attrgetter", "a.b", "serialization.os.popen"), attribute.formatted("os")
                },
                new Object[] {
                    Call.of("_operator", "attrgetter", "__init__.__globals__"), attribute.formatted("__globals__")
                },
                new Object[] {
                    Call.of("operator", "methodcaller", "__subclasses__"), attribute.formatted("__subclasses__")
                },
                new Object[] {Call.of("operator", "methodcaller", "system", "id"), attribute.formatted("system")},
                new Object[] {
                    getattr(new Name("torch", "nn"), Call.of("m", "join", "o", "s")),
                    "the name of an attribute that getattr takes is a m.join"
                },
                new Object[] {
                    Call.of("operator", "attrgetter", 1L), "the name of an attribute that attrgetter takes is a int"
                },
                new Object[] {
                    Call.of("functools", "partial", new Name("builtins", "getattr"), new Name("torch", "nn")),
                    handed.formatted("builtins.getattr", "functools.partial")
                },
                new Object[] {
                    Call.of("functools", "reduce", new Name("__builtin__", "getattr"), "x"),
                    handed.formatted("__builtin__.getattr", "functools.reduce")
                },
                new Object[] {
                    Call.of("builtins", "map", new Name("operator", "attrgetter"), "x"),
                    handed.formatted("operator.attrgetter", "builtins.map")
                },
                new Object[] {
                    Call.of("functools", "partial", new Name("os", "system"), "id"), named.formatted("os.system")
                },
                new Object[] {
                    build("}X\14\0\0\0__setstate__cm\nf\ns"),
                    "the state of a m.C sets '__setstate__', which would be called"
                },
                new Object[] {
                    build("}X\11\0\0\0__class__cm\nD\ns"), "the state of a m.C sets '__class__', which would be called"
                },
                new Object[] {
                    build("N}X\12\0\0\0__reduce__cm\nf\ns\u0086"),
                    "the state of a m.C sets '__reduce__', which would be called"
                });
    }

    @ParameterizedTest
    @MethodSource("waysRound")
    void byAWayRoundItsName(Object value, String message) {
        assertEquals(message, refusal(value));
    }

    @Test
    void byTheWordsOfLaterProtocols() {
        for (String opcodes : List.of(
                "\u008c\2os\u0094\u008c\6system\u0094\u0093\u008c\2id\u0085R",
                "\u008c\5torch\u008c\20serialization.os\u0093",
                "\u008c\2os\u008c\6system\u0093)}\u0092",
                "\u0095\2\0\0\0\0\0\0\0\u008c\10builtins\u008c\4eval\u0093")) {
            String message = refusal(new Raw(opcodes));
            assertTrue(message.startsWith("the file asks to run "), message);
        }
        assertEquals("a name is given as a str and a int", refusal(new Raw("\u008c\2osK\1\u0093")));
    }

    @Test
    void lengthsThatNoMemoryHas() {
        for (String opcode : List.of("\u008d", "\u008e", "\u0096")) {
            for (String length : List.of("\0\0\0\0\0\0\0\u0080", "\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f")) {
                assertEquals("texts of more than 67108864 bytes", refusal(new Raw(opcode + length)));
            }
        }
        assertEquals("texts of more than 67108864 bytes", refusal(new Raw("\u008b\u00ff\u00ff\u00ff\u00ff")));
    }
}
