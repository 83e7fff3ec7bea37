package io.graft.checkpoint.pytorch.pickle;

import io.graft.checkpoint.pytorch.pickle.PickleValue.Global;
import java.util.Map;
import java.util.Set;

/**
 * Names whose only use in a pickle is to run code: processes, evaluation, attribute access, loading of code or of another
 * pickle. Graft never calls anything, so they could do no harm here; a file that names one is hostile all the same.
 */
final class CodeRunningGlobals {
    /** Refused with everything in them and under them. */
    private static final Set<String> MODULES = Set.of(
            "_aix_support",
            "_osx_support",
            "_pickle",
            "_posixsubprocess",
            "_pyrepl",
            "asyncio",
            "bdb",
            "cPickle",
            "cProfile",
            "cffi",
            "cloudpickle",
            "code",
            "codeop",
            "commands",
            "ctypes",
            "_ctypes",
            "dill",
            "distutils",
            "doctest",
            "ensurepip",
            "ftplib",
            "http",
            "idlelib",
            "imp",
            "importlib",
            "_imp",
            "joblib",
            "lib2to3",
            "linecache",
            "marshal",
            "multiprocessing",
            "nt",
            "os",
            "pdb",
            "pickle",
            "pip",
            "pkg_resources",
            "pkgutil",
            "platform",
            "popen2",
            "posix",
            "posixpath",
            "profile",
            "pty",
            "pydoc",
            "requests",
            "runpy",
            "setuptools",
            "shelve",
            "shutil",
            "signal",
            "site",
            "smtplib",
            "socket",
            "_socket",
            "ssl",
            "subprocess",
            "sys",
            "telnetlib",
            "tempfile",
            "test",
            "threading",
            "_thread",
            "timeit",
            "trace",
            "urllib",
            "urllib2",
            "urllib3",
            "venv",
            "webbrowser",
            "winreg",
            "zipimport");

    /** Refused modules inside packages that are harmless otherwise. */
    private static final Set<String> SUBMODULES = Set.of(
            "logging.config",
            "numpy.distutils",
            "numpy.f2py",
            "numpy.testing",
            "pandas.io.pickle",
            "torch.hub",
            "torch.package",
            "torch.utils.cpp_extension",
            "torch.utils.model_zoo",
            "torch._inductor",
            "torch._dynamo",
            "torch.distributed.rpc",
            "torch.multiprocessing");

    /** Refused names of modules that are harmless otherwise. */
    private static final Map<String, Set<String>> NAMES = Map.ofEntries(
            Map.entry("torch", Set.of("load", "hub", "compile")),
            Map.entry("torch.serialization", Set.of("load", "_load", "_legacy_load")),
            Map.entry("torch.jit", Set.of("load", "script", "trace")),
            Map.entry("torch.jit._serialization", Set.of("load")),
            Map.entry("torch.storage", Set.of("_load_from_bytes")),
            Map.entry("numpy", Set.of("load", "loads", "fromfile")),
            Map.entry("pandas", Set.of("read_pickle")),
            Map.entry("operator", Set.of("attrgetter", "methodcaller", "itemgetter")),
            Map.entry("_operator", Set.of("attrgetter", "methodcaller", "itemgetter")),
            Map.entry("types", Set.of("FunctionType", "LambdaType", "CodeType", "MethodType", "ModuleType")),
            Map.entry("io", Set.of("open", "open_code", "FileIO")),
            Map.entry("_io", Set.of("open", "open_code", "FileIO")),
            Map.entry("codecs", Set.of("open")),
            Map.entry("copyreg", Set.of("add_extension")),
            Map.entry("copy_reg", Set.of("add_extension")));

    /** The builtins that are data; all others evaluate, open or reach attributes. */
    private static final Set<String> PLAIN_BUILTINS = Set.of(
            "bool",
            "bytearray",
            "bytes",
            "complex",
            "dict",
            "Ellipsis",
            "float",
            "frozenset",
            "int",
            "list",
            "long",
            "NotImplemented",
            "object",
            "range",
            "set",
            "slice",
            "str",
            "tuple",
            "type",
            "unicode",
            "xrange");

    private CodeRunningGlobals() {}

    static boolean contains(Global global) {
        String module = global.module();
        if (module.equals("builtins") || module.equals("__builtin__") || module.equals("__builtins__")) {
            return !PLAIN_BUILTINS.contains(global.name()) && !global.name().endsWith("Error");
        }
        int dot = module.indexOf('.');
        return MODULES.contains(dot < 0 ? module : module.substring(0, dot))
                || SUBMODULES.stream().anyMatch(sub -> module.equals(sub) || module.startsWith(sub + "."))
                || NAMES.getOrDefault(module, Set.of()).contains(global.name());
    }
}
