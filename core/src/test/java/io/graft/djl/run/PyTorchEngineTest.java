package io.graft.djl.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.util.Utils;
import io.graft.djl.forward.BlockModelException;
import io.graft.problem.ProblemCode;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PyTorchEngineTest {
    private static final String HELP =
            "add pytorch-engine, pytorch-jni and pytorch-native-cpu (classifier %s) of the group ai.djl.pytorch to the class path";

    @Test
    void aStartedEngineDownloadsNothingAndSendsNothing() {
        PyTorchEngine.start();
        assertTrue(Utils.isOfflineMode());
        assertTrue(Boolean.parseBoolean(Utils.getEnvOrSystemProperty("OPT_OUT_TRACKING")));
    }

    @Test
    void anEngineThatIsNotThereIsAProblemOfItsOwn() throws Exception {
        assertMissing("DJL's PyTorch engine is not on the class path", "pytorch-");
    }

    @Test
    void nativesThatAreNotThereAreNotDownloaded(@TempDir Path cache) throws Exception {
        String property = "ENGINE_CACHE_DIR";
        System.setProperty(property, cache.toString());
        try {
            assertMissing(
                    "DJL's PyTorch engine does not start: IOException: Offline mode is enabled.",
                    "pytorch-jni-",
                    "pytorch-native-");
        } finally {
            System.clearProperty(property);
        }
    }

    /** Starts the engine with a class path of its own that lacks some jars. */
    private static void assertMissing(String detail, String... jars) throws Exception {
        URL[] classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> Arrays.stream(jars).noneMatch(new File(entry).getName()::startsWith))
                .map(PyTorchEngineTest::url)
                .toArray(URL[]::new);
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader())) {
            thread.setContextClassLoader(loader);
            Method start = loader.loadClass(PyTorchEngine.class.getName()).getDeclaredMethod("start");
            start.setAccessible(true);
            InvocationTargetException thrown = assertThrows(InvocationTargetException.class, () -> start.invoke(null));
            Throwable failure = thrown.getCause();
            assertEquals(BlockModelException.class.getName(), failure.getClass().getName());
            assertInstanceOf(RuntimeException.class, failure);
            assertEquals(
                    ProblemCode.ENGINE_MISSING.name(), call(failure, "code").toString());
            assertEquals("", call(failure, "key"));
            assertEquals(detail, call(failure, "detail"));
            assertTrue(((String) call(failure, "help"))
                    .matches(HELP.formatted("@")
                            .replace("(", "\\(")
                            .replace(")", "\\)")
                            .replace("@", "[a-z]+-[a-z0-9_]+")));
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static Object call(Object target, String method) throws ReflectiveOperationException {
        return target.getClass().getMethod(method).invoke(target);
    }

    private static URL url(String entry) {
        try {
            return new File(entry).toURI().toURL();
        } catch (MalformedURLException malformed) {
            throw new UncheckedIOException(new IOException(malformed));
        }
    }
}
