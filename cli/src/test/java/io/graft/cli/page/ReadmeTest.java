package io.graft.cli.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.graft.cli.JavaProcess;
import io.graft.cli.Main;
import io.graft.cli.Outcome;
import io.graft.cli.Place;
import io.graft.cli.extension.Javac;
import io.graft.cli.output.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Holds README.md and docs/extending.md to what they say. Their fenced blocks are checked in order:
 *
 * <ul>
 *   <li>any language with <b>a file's name</b> after it: that file of {@code src/it/fresh-extension}, which is built and run as a
 *       project of its own, word for word.
 *   <li><b>{@code hocon}</b>: a whole configuration, or, without {@code graft} or {@code training} at its root, entries for the
 *       list of modifiers. {@code graft config check} finds nothing wrong with it.
 *   <li><b>{@code hocon wrong}</b>: {@code graft config check} finds something.
 *   <li><b>{@code java}</b> that begins with {@code package}: whole files, each from its {@code package} line to the next. They
 *       are compiled with Graft's processor, and may be used by every later block; a modifier among them by {@code hocon} blocks
 *       too.
 *   <li><b>{@code java}</b> otherwise: statements, after imports if there are any. They are compiled in a method that may throw
 *       anything; common types of Graft, DJL, Typesafe Config and Java need no import, and {@code model} and {@code block} are the
 *       reader's own.
 *   <li><b>{@code java run}</b>: statements that are run, too, in a folder with a copy of {@code examples}, and end without an
 *       exception.
 *   <li><b>{@code jshell}</b>: lines for JShell, which do in {@code examples/fine-tuning} what the page's first {@code hocon} block
 *       does there.
 *   <li>any other language: left alone. Commands are run by {@code .ci/run}, and those of extensions by {@code OutsideProject}.
 * </ul>
 */
class ReadmeTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path FRESH = Path.of("src", "it", "fresh-extension");
    private static final Pattern TYPE = Pattern.compile(
            "^(?:public |final |sealed |abstract )*(?:class|record|interface|enum) (\\w+)", Pattern.MULTILINE);
    private static final Pattern IMPORT = Pattern.compile("^import .*;\\R", Pattern.MULTILINE);

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/extending.md"})
    void whatAPageSaysIsSo(String page) throws Exception {
        check(page, Files.readString(ROOT.resolve(page)));
    }

    @Test
    void wholeFilesStatementsAndConfigurationsAreChecked() throws Exception {
        check("README.md", """
                ```java
                package com.acme;

                import io.graft.ModelModifier;
                import io.graft.Modifier;
                import io.graft.ModifierContext;
                import io.graft.model.ModelDraft;

                /** Freezes everything. */
                @Modifier("everything")
                public final class EverythingModelModifier implements ModelModifier {
                    public EverythingModelModifier(EverythingOptions options) {}

                    @Override
                    public void apply(ModelDraft model, ModifierContext context) {}
                }
                package com.acme;

                /** No options. */
                public record EverythingOptions() {}
                ```
                ```hocon
                { type = everything }
                { type = freezing, submodules-to-freeze = [encoder] }
                ```
                ```hocon wrong
                { type = freezing, submodules = [encoder] }
                ```
                ```java
                import com.acme.EverythingOptions;
                Report report =
                        ModelModifierApplier.create().model(model).configuration(Path.of("fine-tune.conf")).run().report();
                System.out.println(new EverythingOptions() + " " + report.committed());
                ```
                ```java run
                Plan plan =
                        ModelModifierApplier.create().configuration(Path.of("examples/fine-tuning/fine-tune.conf")).plan();
                if (!plan.hasChanges()) {
                    throw new AssertionError(plan);
                }
                ```
                """);
    }

    @Test
    void aMistakeInABlockIsFound() {
        assertWrong("README.md:2", "```hocon\n{ type = frezing }\n```\n");
        assertWrong("README.md:3", "\n```hocon wrong\n{ type = freezing, submodules-to-freeze = [encoder] }\n```\n");
        assertWrong("README.md:2", "```hocon reset.conf\n{ type = resetting }\n```\n");
        assertWrong("Readme2.java:[22,14] incompatible types", "```java\nint number = \"text\";\n```\n");
        assertWrong("missing.conf", "```java run\nFiles.readString(Path.of(\"missing.conf\"));\n```\n");
    }

    private void assertWrong(String words, String markdown) {
        AssertionError error = assertThrows(AssertionError.class, () -> check("README.md", markdown));
        assertTrue(error.getMessage().contains(words), error.getMessage());
    }

    private void check(String page, String markdown) throws Exception {
        Path classes = Files.createDirectories(folder.resolve("classes"));
        for (Fence fence : Fence.of(markdown)) {
            String place = page + ":" + fence.line();
            if (fence.mark().contains(".")) {
                assertEquals(Files.readString(FRESH.resolve(fence.mark())), fence.text(), place);
            } else if (fence.language().equals("hocon")) {
                checkConfiguration(place, fence, classes);
            } else if (fence.language().equals("java") && fence.text().startsWith("package ")) {
                Javac.compile(classes, files(fence.text()));
            } else if (fence.language().equals("java")) {
                checkStatements(place, fence, classes);
            } else if (fence.language().equals("jshell")) {
                checkShell(
                        place,
                        fence,
                        Fence.of(markdown).stream()
                                .filter(block -> block.language().equals("hocon"))
                                .findFirst()
                                .orElseThrow());
            }
        }
    }

    private void checkShell(String place, Fence fence, Fence hocon) throws IOException, InterruptedException {
        copyExamples();
        Path example = folder.resolve("examples/fine-tuning");
        Path script = Files.writeString(example.resolve("lines.jsh"), fence.text() + "/exit\n");
        Path said = folder.resolve("said.txt");
        Process shell = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jshell")
                                .toString(),
                        "--class-path",
                        System.getProperty("java.class.path"),
                        "-s",
                        script.toString())
                .directory(example.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .redirectOutput(said.toFile())
                .start();
        shell.waitFor();
        String text = Files.readString(said);
        assertTrue(text.lines().noneMatch(line -> line.startsWith("|")), place + "\n" + text);
        assertTrue(text.startsWith("applied to checkpoint"), place + "\n" + text);
        Files.writeString(example.resolve("README.conf"), hocon.text());
        new Place(folder)
                .graft("apply", "-c", "DIR/examples/fine-tuning/README.conf", "-o", "DIR/by-file")
                .is(ExitCode.DONE);
        assertEquals(
                -1,
                Files.mismatch(folder.resolve("by-file/model.safetensors"), example.resolve("out/model.safetensors")),
                place);
    }

    private void checkConfiguration(String place, Fence fence, Path classes) throws IOException, InterruptedException {
        Config config = fence.text().stripLeading().startsWith("{")
                ? ConfigFactory.empty()
                : ConfigFactory.parseString(fence.text());
        boolean whole = config.hasPath("graft") || config.hasPath("training");
        Path file = Files.writeString(
                folder.resolve("README.conf"),
                whole
                        ? fence.text()
                        : "graft { model.checkpoint = m.pt, modifiers = [\n" + fence.text()
                                + "], output.path = out }\n");
        Outcome outcome = JavaProcess.run(
                folder,
                classes,
                List.of(
                        Main.class.getName(),
                        "config",
                        "check",
                        "-c",
                        file.getFileName().toString()));
        int expected = fence.mark().equals("wrong") ? ExitCode.USAGE : ExitCode.DONE;
        assertEquals(expected, outcome.code(), () -> place + "\n" + outcome.err());
    }

    private void checkStatements(String place, Fence fence, Path classes) throws IOException, InterruptedException {
        String name = "Readme" + fence.line();
        Javac.compile(classes, Map.of(name + ".java", program(name, fence.text())));
        if (fence.mark().equals("run")) {
            copyExamples();
            Outcome outcome = JavaProcess.run(folder, classes, List.of(name));
            assertEquals(0, outcome.code(), () -> place + "\n" + outcome.err());
        }
    }

    private static Map<String, String> files(String text) {
        Map<String, String> files = new LinkedHashMap<>();
        for (String file : text.split("(?m)^(?=package )")) {
            Matcher type = TYPE.matcher(file);
            assertTrue(type.find(), file);
            String folder =
                    file.substring("package ".length(), file.indexOf(';')).replace('.', '/');
            files.put(folder + "/" + type.group(1) + ".java", file);
        }
        return files;
    }

    private static String program(String name, String statements) {
        String imports =
                IMPORT.matcher(statements).results().map(found -> found.group()).collect(Collectors.joining());
        return """
                import ai.djl.*;
                import ai.djl.ndarray.types.*;
                import ai.djl.nn.*;
                import ai.djl.nn.core.*;
                import com.typesafe.config.*;
                import io.graft.*;
                import io.graft.apply.*;
                import io.graft.checkpoint.Checkpoint;
                import io.graft.config.*;
                import io.graft.djl.ModifiedModel;
                import io.graft.model.tree.Selector;
                import io.graft.modifiers.freezing.*;
                import io.graft.modifiers.transfer.*;
                import java.nio.file.*;
                import java.util.*;
                %s
                public class %s {
                    static Model model;
                    static Block block;

                    public static void main(String[] arguments) throws Exception {
                %s
                    }
                }
                """.formatted(imports, name, IMPORT.matcher(statements).replaceAll(""));
    }

    private void copyExamples() throws IOException {
        Path examples = ROOT.resolve("examples");
        try (Stream<Path> tree = Files.find(examples, 2, (path, attributes) -> attributes.isRegularFile())) {
            for (Path file : tree.filter(path -> path.getNameCount() == examples.getNameCount() + 2)
                    .toList()) {
                Path copy = folder.resolve(ROOT.relativize(file).toString());
                if (!Files.exists(copy)) {
                    Files.createDirectories(copy.getParent());
                    Files.copy(file, copy);
                }
            }
        }
    }
}
