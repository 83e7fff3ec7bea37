package io.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.cli.option.CommonOptions;
import io.graft.cli.output.Console;
import io.graft.cli.output.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class FailuresTest {
    @TempDir
    Path folder;

    @Test
    void anInternalErrorIsOneLine() {
        assertEquals(
                "graft: internal error: java.lang.IllegalStateException: two\\u000alines;"
                        + " please report it, with what --stacktrace prints\n",
                failing(new IllegalStateException("two\nlines")));
    }

    @Test
    void aFailureOfTheDiskIsOneLine() {
        assertEquals("graft: input or output failed: no space left\n", failing(new IOException("no space left")));
    }

    @Test
    void anErrorOfTheJvmIsOneLine() {
        assertEquals(
                "graft: out of memory: Java heap space; give the JVM more, such as GRAFT_JAVA_OPTS=-Xmx8g\n",
                failing(new OutOfMemoryError("Java heap space")));
        assertEquals(
                "graft: internal error: java.lang.NoClassDefFoundError: com/acme/Gone;"
                        + " please report it, with what --stacktrace prints\n",
                failing(new NoClassDefFoundError("com/acme/Gone")));
    }

    @Test
    void whatAnExtensionThrowsIsTheExtensions() {
        AssertionError cause = new AssertionError("oops\nmore");
        cause.setStackTrace(new StackTraceElement[] {
            new StackTraceElement("app", null, null, "io.graft.Some", "call", "Some.java", 1),
            new StackTraceElement("extension /x/acme.jar", null, null, "com.acme.Format", "open", "Format.java", 3)
        });
        assertEquals(
                "graft: the extension /x/acme.jar failed: AssertionError: oops; report it to whoever wrote the extension, with"
                        + " what --stacktrace prints\n",
                failing(cause));
    }

    @Test
    void theStackTraceIsShownOnRequest() {
        String words = failing(new IllegalStateException("oops"), "--stacktrace");
        assertTrue(words.startsWith("java.lang.IllegalStateException: oops\n\tat io.graft.cli.FailuresTest."), words);
        assertTrue(
                words.endsWith("graft: internal error: java.lang.IllegalStateException: oops;"
                        + " please report it, with what --stacktrace prints\n"),
                words);
    }

    @Test
    void aFailedRunHasAStackTraceOnRequestToo() {
        Place place = new Place(folder)
                .with("m43/init.safetensors")
                .config("init.safetensors", "{ type = freezing, submodules-to-freeze = [nothing] }");
        Outcome without = place.graft("apply", "-c", "DIR/x.conf");
        Outcome with = place.graft("apply", "-c", "DIR/x.conf", "--stacktrace");
        assertEquals(ExitCode.MISFIT, with.code());
        assertTrue(with.err().startsWith("io.graft.GraftException: error[unmatched-selector] "), with.err());
        assertTrue(with.err().endsWith(without.err()), with.err());
        assertTrue(without.err().lines().noneMatch(line -> line.startsWith("\tat ")), without.err());
    }

    private static String failing(Throwable failure, String... arguments) {
        StringWriter err = new StringWriter();
        Console console =
                new Console(new PrintWriter(new StringWriter()), new PrintWriter(err), Map.of(), false, false);
        int code = new CommandLine(new Failing(failure))
                .addMixin("common", new CommonOptions())
                .setExecutionStrategy(GraftCommand::execute)
                .setExecutionExceptionHandler(new Failures(console))
                .execute(arguments);
        assertEquals(ExitCode.FAILED, code);
        return err.toString();
    }

    @Command(name = "failing")
    private static final class Failing implements Callable<Integer> {
        private final Throwable failure;

        Failing(Throwable failure) {
            this.failure = failure;
        }

        @Override
        public Integer call() throws Exception {
            if (failure instanceof Error error) {
                throw error;
            }
            throw (Exception) failure;
        }
    }
}
