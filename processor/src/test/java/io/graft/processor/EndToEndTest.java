package io.graft.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.fail;

import com.google.testing.compile.Compilation;
import com.google.testing.compile.JavaFileObjects;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.ConfigFile;
import io.graft.config.reading.ConfigOverrides;
import io.graft.problem.Problem;
import io.graft.registry.BoundModifier;
import io.graft.registry.PlugRegistry;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaFileObject;
import javax.tools.StandardLocation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A modifier is compiled with the processors, found by ServiceLoader, and bound from a file. */
class EndToEndTest {
    private static final JavaFileObject MODIFIER = JavaFileObjects.forSourceString("com.acme.LoraModelModifier", """
            package com.acme;

            import io.graft.Modifier;
            import io.graft.ModelModifier;
            import io.graft.ModifierContext;
            import io.graft.config.Default;
            import io.graft.config.NotEmpty;
            import io.graft.config.Range;
            import io.graft.model.ModelDraft;
            import java.nio.file.Path;
            import java.time.Duration;
            import java.util.List;
            import java.util.Map;
            import java.util.Optional;
            import java.util.Set;

            /** Adds low-rank updates. */
            @Modifier(value = "lora", aliases = "org.example.Lora")
            public final class LoraModelModifier implements ModelModifier {
                private final Options options;

                public LoraModelModifier(Options options) {
                    this.options = options;
                }

                @Override
                public void apply(ModelDraft model, ModifierContext context) {}

                @Override
                public String toString() {
                    return options.toString();
                }

                /** How it begins. */
                public enum Init { ZEROS, KAIMING_UNIFORM }

                /**
                 * One new name.
                 *
                 * @param from old
                 * @param to new
                 */
                public record Rename(String from, String to) {}

                /**
                 * Options.
                 *
                 * @param rank rank of the update
                 * @param scale its scale
                 * @param targets modules
                 * @param kinds kinds
                 * @param init beginning
                 * @param warmup time
                 * @param ranks ranks of modules
                 * @param rename names
                 * @param strict whether to be strict
                 */
                public record Options(
                        @Default("8") @Range(min = 1, max = 64) int rank,
                        @Default("0.5") double scale,
                        @NotEmpty List<String> targets,
                        Set<String> kinds,
                        @Default("kaiming-uniform") Init init,
                        Optional<Duration> warmup,
                        Map<String, Integer> ranks,
                        List<Rename> rename,
                        @Default("true") boolean strict) {}
            }
            """);

    @TempDir
    Path folder;

    private URLClassLoader loader;
    private PlugRegistry registry;

    @BeforeEach
    void compileAndDiscover() throws IOException {
        Compilation compilation = Compiling.compiler("-Werror").compile(MODIFIER);
        Path classes = folder.resolve("acme-lora");
        for (JavaFileObject file : Compiling.written(compilation)) {
            String output = "/" + StandardLocation.CLASS_OUTPUT + "/";
            if (file.getName().startsWith(output)) {
                Path target = classes.resolve(file.getName().substring(output.length()));
                Files.createDirectories(target.getParent());
                try (var content = file.openInputStream()) {
                    Files.copy(content, target);
                }
            }
        }
        loader = new URLClassLoader(
                new URL[] {classes.toUri().toURL()}, getClass().getClassLoader());
        registry = PlugRegistry.discover(loader);
    }

    @AfterEach
    void close() throws IOException {
        loader.close();
    }

    @Test
    void valuesOfTheFileReachTheRecord() throws IOException {
        Bound<BoundModifier> bound = bind("""
                graft.modifiers = [
                  {
                    type = lora
                    rank = 16
                    targets = [query, value]
                    kinds = [a]
                    init = zeros
                    warmup = 5s
                    ranks { query = 4 }
                    rename = [{ from = a, to = b }]
                    strict = false
                  }
                ]
                """);

        BoundModifier modifier = ok(bound);
        assertEquals(
                "Options[rank=16, scale=0.5, targets=[query, value], kinds=[a], init=ZEROS, warmup=Optional[PT5S],"
                        + " ranks={query=4}, rename=[Rename[from=a, to=b]], strict=false]",
                modifier.modifier().toString());
        assertEquals("lora 0 acme-lora", modifier.id() + " " + modifier.index() + " " + modifier.origin());
        assertEquals(List.of(), bound.problems());
    }

    @Test
    void whatTheFileLeavesOutHasItsDefault() throws IOException {
        BoundModifier modifier = ok(bind("graft.modifiers = [{ _target_ = org.example.Lora, targets = [query] }]"));

        assertEquals(
                "Options[rank=8, scale=0.5, targets=[query], kinds=[], init=KAIMING_UNIFORM, warmup=Optional.empty,"
                        + " ranks={}, rename=[], strict=true]",
                modifier.modifier().toString());
    }

    @Test
    void everyProblemIsReportedWithItsPlace() throws IOException {
        Bound<BoundModifier> bound = bind("""
                graft.modifiers = [
                  {
                    type = lora
                    rank = 0
                    scael = 2
                    targets = []
                    init = ones
                    warmup = 5
                    rename = [{ from = a, too = b }]
                  }
                ]
                """);

        assertInstanceOf(Bound.Failed.class, bound);
        assertEquals(
                List.of(
                        "4:12 out-of-range graft.modifiers[0].rank",
                        "5:5 unknown-key graft.modifiers[0].scael",
                        "6:15 empty graft.modifiers[0].targets",
                        "7:12 unknown-enum graft.modifiers[0].init",
                        "8:14 missing-unit graft.modifiers[0].warmup",
                        "9:27 unknown-key graft.modifiers[0].rename[0].too"),
                bound.problems().stream().map(EndToEndTest::describe).sorted().toList());
    }

    @Test
    void theDescriptorSaysWhatTheJavadocSays() {
        var descriptor = registry.modifiers().get(0).descriptor();

        assertEquals("Adds low-rank updates.", descriptor.documentation());
        assertEquals("com.acme.LoraModelModifier", descriptor.className());
        assertEquals(
                "OptionDescriptor[key=rank, type=integer, defaultValue=8, required=false,"
                        + " constraints=[between 1 and 64], documentation=rank of the update, aliases=[],"
                        + " formerKeys=[], secret=false]",
                descriptor.options().get(0).toString());
    }

    private Bound<BoundModifier> bind(String hocon) throws IOException {
        Path file = Files.writeString(folder.resolve("train.conf"), hocon);
        ConfigCursor entry = ok(ConfigFile.read(file, ConfigOverrides.none()))
                .root()
                .at("graft")
                .at("modifiers")
                .elements()
                .get(0);
        return registry.bind(0, entry);
    }

    private static <T> T ok(Bound<T> bound) {
        if (bound instanceof Bound.Ok<T> ok) {
            return ok.value();
        }
        return fail(bound.problems().toString());
    }

    private static String describe(Problem problem) {
        String place = problem.at().map(at -> at.line() + ":" + at.column()).orElse("-");
        return place + " " + problem.code().id() + " " + problem.path();
    }
}
