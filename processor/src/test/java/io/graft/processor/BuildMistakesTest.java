package io.graft.processor;

import static io.graft.processor.Mistakes.DEMO;
import static io.graft.processor.Mistakes.error;
import static io.graft.processor.Mistakes.expect;
import static io.graft.processor.Mistakes.expectFirst;
import static io.graft.processor.Mistakes.file;
import static io.graft.processor.Mistakes.options;
import static io.graft.processor.Mistakes.plain;
import static io.graft.processor.Mistakes.warning;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.testing.compile.Compilation;
import com.google.testing.compile.Compiler;
import com.google.testing.compile.JavaFileObjects;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Mistakes of documentation, of what the compiler does not find, and of the processor itself; one test for each code. */
class BuildMistakesTest {
    @Test
    void missingDoc() {
        expect(
                warning("missing-doc", "`rank` has no description; add `@param rank` to the Javadoc of Options."),
                file("Demo", DEMO),
                file("Options", "/** @param name one */ public record Options(String name, int »rank) {}"));
    }

    @Test
    void docUnknownParam() {
        expect(
                warning("doc-unknown-param", "@param nam does not match a component; did you mean `name`?"),
                file("Demo", DEMO),
                file("Options", "/** @param name one\n@param nam two */ public »record Options(String name) {}"));
    }

    @Test
    void docOfNothingNear() {
        expect(
                warning("doc-unknown-param", "@param warmup does not match a component."),
                file("Demo", DEMO),
                file("Options", "/** @param name one\n@param warmup two */ public »record Options(String name) {}"));
    }

    @Test
    void apiLevel() {
        Compilation compilation = Compiling.compiler()
                .compile(
                        plain(file("Demo", DEMO)),
                        plain(options("String name")),
                        JavaFileObjects.forSourceString(
                                "io.graft.registry.ApiLevel",
                                "package io.graft.registry; public class ApiLevel { public static final int NEWEST = 7; }"));

        assertEquals(
                List.of("[graft:api-level] graft-processor generates for API level 1, graft-core on the class path is"
                        + " level 7; use the same version of both."),
                compilation.errors().stream()
                        .map(error -> error.getMessage(null))
                        .toList());
    }

    @Test
    void missingDocAsError() {
        expect(
                List.of("-Agraft.docs=error"),
                List.of(error(
                        "missing-doc", "`rank` has no description; add `@param rank` to the Javadoc of Options.")),
                file("Demo", DEMO),
                file("Options", "public record Options(int »rank) {}"));
    }

    @Test
    void missingType() {
        expectFirst(
                error(
                        "missing-type",
                        "`Init2` cannot be resolved. If it is generated, see the errors above; otherwise "
                                + "add its dependency."),
                file("Demo", DEMO),
                options("Init2 »name"));
    }

    @Test
    void missingOptionsType() {
        expectFirst(
                error(
                        "missing-type",
                        "`Options` cannot be resolved. If it is generated, see the errors above; "
                                + "otherwise add its dependency."),
                file("Demo", DEMO.replace("Options options", "Options »options")));
    }

    @Test
    void generatedClash() {
        expectFirst(
                error("generated-clash", "`Options_Binder` already exists in this package; rename it."),
                file("Demo", DEMO),
                file("Options", "/** @param name one */ public »record Options(String name) {}"),
                file("Options_Binder", "public class Options_Binder {}"));
    }

    @Test
    void unknownOption() {
        Compilation compilation = Compiling.compiler("-Agraft.dosc=error")
                .compile(plain(file("Demo", DEMO)), plain(options("String name")));

        assertEquals(
                List.of("[graft:unknown-option] -Agraft.dosc is unknown; did you mean -Agraft.docs?"),
                compilation.warnings().stream()
                        .map(warning -> warning.getMessage(null))
                        .filter(message -> message.startsWith("[graft:"))
                        .toList());
    }

    @Test
    void internal() {
        expectInternal(
                List.of(),
                "[graft:internal] internal error in graft-processor while reading `Demo`; this class was skipped,"
                        + " please report (stack with -Agraft.debug).");
    }

    @Test
    void internalWithStack() {
        expectInternal(
                List.of("-Agraft.debug"),
                "[graft:internal] internal error in graft-processor while reading `Demo`; this class was skipped,"
                        + " please report (stack with -Agraft.debug).",
                "  java.lang.IllegalStateException: broken rule");
    }

    @Test
    void everyMistakeIsMadeWithALaterJavacToo() {
        assumeTrue(LaterJavac.current().isPresent(), "no JDK " + LaterJavac.VERSION + " is installed beside this one");
    }

    private static void expectInternal(List<String> options, String... firstLines) {
        PlugBindingProcessor failing = new PlugBindingProcessor(List.of(modifier -> {
            throw new IllegalStateException("broken rule");
        }));
        Compilation compilation = Compiler.javac()
                .withOptions(options)
                .withProcessors(failing)
                .compile(plain(file("Demo", DEMO)), plain(options("String name")));

        assertEquals(1, compilation.errors().size());
        assertEquals(
                List.of(firstLines),
                compilation.errors().get(0).getMessage(null).lines().limit(2).toList());
    }
}
