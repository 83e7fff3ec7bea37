package io.graft.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.testing.compile.JavaFileObjects;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is wrong with the descriptor of a module that has modifiers: count, kind, file, line, column and text. Of javac only: to the
 * compiler of Eclipse, what a processor generates is in no module, where it cannot use the module's own classes.
 */
class ModuleMistakesTest {
    private static final String PROVIDES =
            "[graft:missing-provides] module `com.acme.lora` must declare: provides io.graft.registry.ModifierProvider with ";
    private static final String ONE = "; (fully qualified, the class is generated).";

    // The tests' own class path would be a second core.
    private static final List<String> MODULAR = List.of("-classpath", "none", "--module-path", Classpath.CORE);

    @TempDir
    Path folder;

    @Test
    void missingProvides() throws IOException {
        JavaFileObject[] sources = {descriptor("""
                /** LoRA. */
                module com.acme.lora {
                    requires io.graft.core;
                }
                """), modifier("A", "a")};
        String text = PROVIDES + "com.acme.A_Provider" + ONE;

        assertEquals(List.of("ERROR module-info.java:2:1 " + text), javac(sources));
    }

    @Test
    void missingProvidesOfSome() throws IOException {
        JavaFileObject[] sources = {
            descriptor("""
                    import io.graft.registry.ModifierProvider;

                    open module com.acme.lora {
                        requires io.graft.core;
                        uses ModifierProvider;
                        provides ModifierProvider with com.acme.Outer_M_Provider;
                    }
                    """),
            modifier("B", "b"),
            modifier("A", "a"),
            Compiling.source(
                    "Outer",
                    "public class Outer { " + text("M", "m").replace("public class", "public static class") + " }")
        };
        String text = PROVIDES + "com.acme.Outer_M_Provider, com.acme.A_Provider, com.acme.B_Provider;"
                + " (fully qualified, the classes are generated).";

        assertEquals(List.of("ERROR module-info.java:3:6 " + text), javac(sources));
    }

    @Test
    void theLineOfTheMessageIsTheCure() throws IOException {
        JavaFileObject[] sources = {descriptor("""
                    module com.acme.lora {
                        requires io.graft.core;
                        provides io.graft.registry.ModifierProvider with com.acme.A_Provider;
                    }
                    """), modifier("A", "a")};

        assertEquals(
                List.of(),
                javac(
                        folder,
                        Stream.concat(MODULAR.stream(), Stream.of("-Xlint:all,-requires-automatic", "-Werror"))
                                .toList(),
                        sources));
    }

    @Test
    void aPartialCompilationIsHeldToTheDescriptorOfAnEarlierOne() throws IOException {
        javac(descriptor("""
                        module com.acme.lora {
                            requires io.graft.core;
                            provides io.graft.registry.ModifierProvider with com.acme.A_Provider;
                        }
                        """), modifier("A", "a"));

        assertEquals(List.of(), javac(modifier("A", "a")));
        assertEquals(
                List.of("ERROR -:0:-1 " + PROVIDES + "com.acme.A_Provider, com.acme.B_Provider;"
                        + " (fully qualified, the classes are generated)."),
                javac(modifier("A", "a"), modifier("B", "b")));
    }

    @Test
    void whatTestsAddToAModuleNeedsNoLineInIt() throws IOException {
        Path main = Files.createDirectory(folder.resolve("main"));
        Path test = Files.createDirectory(folder.resolve("test"));
        javac(
                main,
                MODULAR,
                descriptor("module com.acme.lora { requires io.graft.core; exports com.acme; }"),
                Compiling.source("Any", "public class Any { public Any() {} }"));

        assertEquals(
                List.of(),
                javac(
                        test,
                        List.of(
                                "--module-path",
                                main + File.pathSeparator + Classpath.CORE,
                                "--patch-module",
                                "com.acme.lora=" + test),
                        modifier("A", "a")));
    }

    @Test
    void aModifierWithAnotherMistakeHasNoProviderToBeDeclared() throws IOException {
        assertEquals(
                List.of("ERROR com/acme/A.java:2:20 [graft:bad-id] id `A` must match `[a-z][a-z0-9]*(-[a-z0-9]+)*` and"
                        + " be at most 64 characters; try `a`."),
                javac(descriptor("module com.acme.lora { requires io.graft.core; }"), modifier("A", "A")));
    }

    @Test
    void aRecordOfAnotherModuleBringsItsBinder() throws IOException {
        Path schedules = Files.createDirectory(folder.resolve("schedules"));
        javac(
                schedules,
                MODULAR,
                descriptor("module com.acme.schedules { exports com.acme.schedules; }"),
                JavaFileObjects.forSourceString(
                        "com.acme.schedules.Schedule",
                        "package com.acme.schedules; public record Schedule(int steps) {}"));

        assertEquals(
                List.of("ERROR com/acme/Options.java:2:71 [graft:options-without-binder] record `Schedule` comes from"
                        + " com.acme.schedules, which holds no binder for it; compile that jar with graft-processor or"
                        + " copy the record."),
                javac(
                                Files.createDirectory(folder.resolve("lora")),
                                List.of(
                                        "-classpath",
                                        "none",
                                        "--module-path",
                                        schedules + File.pathSeparator + Classpath.CORE),
                                descriptor(
                                        "module com.acme.lora { requires io.graft.core; requires com.acme.schedules; }"),
                                Compiling.modifier(),
                                Compiling.source("Options", """
                                /** @param schedule one */ record Options(com.acme.schedules.Schedule schedule) {}
                                """))
                        .stream()
                        // The binder of the options names that of the record.
                        .filter(text -> text.contains("[graft:"))
                        .toList());
    }

    /** Without it the annotation cannot be resolved, so no processor hears of the class. */
    @Test
    void missingRequiresIsToldByTheCompiler() throws IOException {
        List<String> said = javac(descriptor("module com.acme.lora {}"), modifier("A", "a"));

        assertEquals(
                List.of(
                        "package io.graft is not visible",
                        "  (package io.graft is declared in module io.graft.core, but module com.acme.lora does not read it)"),
                said.get(0)
                        .replaceFirst("^ERROR com/acme/A.java:2:\\d+ ", "")
                        .lines()
                        .toList());
        assertEquals(
                List.of(),
                said.stream().filter(text -> text.contains("[graft:")).toList());
    }

    private static String text(String name, String id) {
        return "@io.graft.Modifier(\"%2$s\") public class %1$s implements io.graft.ModelModifier { public %1$s() {} "
                        .formatted(name, id)
                + "public void apply(io.graft.model.ModelDraft model, io.graft.ModifierContext context) {} }";
    }

    private static JavaFileObject modifier(String name, String id) {
        return JavaFileObjects.forSourceString("com.acme." + name, "package com.acme;\n" + text(name, id));
    }

    private static JavaFileObject descriptor(String text) {
        return JavaFileObjects.forSourceString("module-info", text);
    }

    private List<String> javac(JavaFileObject... sources) throws IOException {
        return javac(folder, MODULAR, sources);
    }

    private static List<String> javac(Path folder, List<String> options, JavaFileObject... sources) throws IOException {
        return FileCompilation.run(ToolProvider.getSystemJavaCompiler(), folder, options, List.of(sources)).stream()
                .map(diagnostic -> FileCompilation.place(folder, diagnostic) + ":" + diagnostic.getColumnNumber() + " "
                        + diagnostic.getMessage(Locale.ROOT))
                .toList();
    }
}
