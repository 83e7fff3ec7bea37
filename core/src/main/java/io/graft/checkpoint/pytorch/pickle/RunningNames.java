package io.graft.checkpoint.pytorch.pickle;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The names that reach a process, a file, a loader of code or of another pickle, or an evaluator. Graft never calls anything, so they
 * could do no harm here; a file that names one would harm whoever executes it, and is refused. All other names are harmless: a module
 * of the standard library is not refused for what else is in it, since projects have packages called {@code code} or {@code test}.
 */
final class RunningNames {
    /** Modules of which every name is refused: nothing in them is data, and no project has a package of that name. */
    private static final Set<String> MODULES = words("""
            _aix_support _osx_support _pickle _posixsubprocess _pyrepl _winapi asyncio bdb cPickle cffi cloudpickle ctypes _ctypes dill
            distutils ensurepip ftplib idlelib imp importlib _imp joblib lib2to3 linecache marshal multiprocessing nt ntpath os pdb pickle
            pip pkg_resources pkgutil popen2 posix posixpath pty pydoc runpy setuptools shelve shutil smtplib socket _socket ssl subprocess
            sys telnetlib tempfile threading _thread urllib urllib2 urllib3 venv webbrowser winreg zipimport
            logging.config numpy.distutils numpy.f2py numpy.testing pandas.io.pickle test.support torch.hub torch.package
            torch.utils.cpp_extension torch.utils.model_zoo torch._inductor torch.distributed.rpc torch.multiprocessing
            """);

    /** Refused names of modules that hold harmless ones too, or that a project may have a package like. */
    private static final Map<String, Set<String>> NAMES = Map.ofEntries(
            names("_io", "open open_code FileIO"),
            names(
                    "builtins",
                    "__import__ apply breakpoint compile delattr eval exec execfile exit file globals help input locals open"
                            + " quit raw_input reload setattr vars __build_class__ __loader__ __spec__"),
            names("cProfile", "run runctx Profile main"),
            names("code", "InteractiveConsole InteractiveInterpreter compile_command interact"),
            names("codecs", "open"),
            names("codeop", "CommandCompiler Compile compile_command"),
            names("commands", "getoutput getstatus getstatusoutput"),
            names("copyreg", "add_extension"),
            names("doctest", "debug debug_script debug_src run_docstring_examples testfile testmod testsource"),
            names("http.server", "CGIHTTPRequestHandler SimpleHTTPRequestHandler test"),
            names("inspect", "getattr_static getsource"),
            names("io", "open open_code FileIO"),
            names("numpy", "fromfile load loads memmap"),
            names("operator", "call"),
            names("pandas", "read_pickle"),
            names("platform", "popen _syscmd_file _syscmd_ver"),
            names("profile", "run runctx Profile main"),
            names("requests", "Session delete get head patch post put request"),
            names("site", "addpackage addsitedir execsitecustomize execusercustomize main"),
            names("timeit", "Timer main repeat timeit"),
            names("torch", "load"),
            names("torch.jit", "load"),
            names("torch.jit._serialization", "load"),
            names("torch.serialization", "load _load _legacy_load"),
            names("torch.storage", "_load_from_bytes"),
            names("trace", "Trace main"),
            names("types", "CodeType FunctionType LambdaType"));

    /** Modules that any other module may have imported, so that they are reached as its attributes. */
    private static final Set<String> IMPORTED = words("""
            __builtin__ __builtins__ _pickle builtins ctypes imp importlib marshal multiprocessing nt os pickle posix pty runpy shutil
            socket subprocess sys
            """);

    /** Attributes that lead from any object to an evaluator, a process or a loader. */
    private static final Set<String> ATTRIBUTES = words("""
            __base__ __bases__ __class__ __closure__ __code__ __dict__ __func__ __getattr__ __getattribute__ __globals__ __import__
            __loader__ __mro__ __reduce__ __reduce_ex__ __setattr__ __setstate__ __spec__ __subclasses__ cr_frame f_back f_builtins
            f_globals func_globals gi_frame tb_frame mro check_call check_output exec_module execfile getoutput getstatusoutput
            import_module load_module popen Popen run_module run_path spawnl spawnle spawnlp spawnv spawnve spawnvp system
            """);

    /** Fields by which an object would call what it holds when it is made. */
    private static final Set<String> HOOKS = words("""
            __call__ __class__ __del__ __getattr__ __getattribute__ __getstate__ __init__ __new__ __reduce__ __reduce_ex__
            __setattr__ __setstate__
            """);

    private RunningNames() {}

    /**
     * Whether a name is one of them.
     *
     * @param module as the pickle gives it
     * @param walk what is taken of it, an attribute of an attribute; one at least
     */
    static boolean contain(String module, List<String> walk) {
        String known = canonical(module);
        for (int end = known.length(); end > 0; end = known.lastIndexOf('.', end - 1)) {
            if (MODULES.contains(known.substring(0, end))) {
                return true;
            }
        }
        // A name may stand for a module inside the one that is given: torch, then hub.
        StringBuilder path = new StringBuilder(known);
        for (String step : walk) {
            if (NAMES.getOrDefault(path.toString(), Set.of()).contains(step)) {
                return true;
            }
            path.append('.').append(step);
            if (MODULES.contains(path.toString())) {
                return true;
            }
        }
        return walk.stream().anyMatch(IMPORTED::contains)
                || walk.stream().skip(1).anyMatch(ATTRIBUTES::contains);
    }

    /** Whether an attribute is refused, whatever it is taken of. */
    static boolean isRunningAttribute(String name) {
        return ATTRIBUTES.contains(name) || IMPORTED.contains(name);
    }

    /** Whether an object that has such a field would call it. */
    static boolean isHook(String field) {
        return HOOKS.contains(field);
    }

    /** The names of Python 2 and of C modules are those that everybody knows. */
    static String canonical(String module) {
        return switch (module) {
            case "__builtin__", "__builtins__" -> "builtins";
            case "copy_reg" -> "copyreg";
            case "_operator" -> "operator";
            case "_codecs" -> "codecs";
            default -> module;
        };
    }

    private static Map.Entry<String, Set<String>> names(String module, String names) {
        return Map.entry(module, words(names));
    }

    private static Set<String> words(String text) {
        return Arrays.stream(text.strip().split("\\s+")).collect(Collectors.toUnmodifiableSet());
    }
}
