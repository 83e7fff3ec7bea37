package io.graft.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.graft.ConfiguredSection;
import io.graft.GraftException;
import io.graft.config.decoding.Constraints;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.Key;
import io.graft.config.reading.ObjectBinding;
import io.graft.djl.M43;
import io.graft.registry.BoundPlug;
import io.graft.registry.ModifierProvider;
import io.graft.registry.PlugDescriptor;
import io.graft.registry.PlugDescriptor.OptionDescriptor;
import io.graft.registry.SectionProvider;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sections of a configuration that a jar brings. */
class SectionsTest {
    private static final String FILE = """
            graft {
              model.checkpoint = model.safetensors
              modifiers = [ { type = freeze, modules = [encoder] } ]
              notes { %s }
            }
            """;

    @TempDir
    Path root;

    private Project project;
    private ModelModifierApplier applier;

    @BeforeEach
    void anExtension() throws IOException {
        project = Project.in(root.resolve("project"));
        applier = ModelModifierApplier.create(extension(Notes.class));
    }

    private ClassLoader extension(Class<?> section) throws IOException {
        Path folder = Files.createTempDirectory(root, "extension");
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve(ModifierProvider.class.getName()), TestModifiers.Freeze.class.getName());
        Files.writeString(services.resolve(SectionProvider.class.getName()), section.getName());
        return new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader());
    }

    @Test
    void whoAsksGetsIt() throws IOException {
        Path config = project.config(FILE.formatted("text = why"));
        FileRun run = applier.configuration(config);
        assertEquals(Optional.of(new Noted("why", 3)), run.section(Noted.class).map(BoundPlug::made));
        assertEquals(
                "graft.notes", run.section(Noted.class).orElseThrow().cursor().path());
        assertEquals(Optional.empty(), applier.configuration(config).section(Other.class));
        assertEquals(Map.of("text", "why", "level", 3), run.effective().get("notes"));
        assertEquals(1, run.plan().modifiers().size());
        assertEquals(
                Optional.of(new Noted("live", 3)),
                applier.model(new M43())
                        .configuration(ConfigFactory.parseString(
                                "graft { modifiers = [ { type = freeze, modules = [encoder] } ], notes.text = live }"))
                        .section(Noted.class)
                        .map(BoundPlug::made));
    }

    /** Whoever asks for it does something with the model; a file that nobody does anything for stays an error. */
    @Test
    void aFileThatHasItNeedsNoModifiers() throws IOException {
        String without = FILE.replace("  modifiers = [ { type = freeze, modules = [encoder] } ]\n", "");
        FileRun run = applier.configuration(project.config(without.formatted("text = why")));
        assertEquals(List.of(), run.check());
        assertEquals(0, run.plan().modifiers().size());
        Path empty = project.config(without.replace("notes { %s }", ""));
        assertEquals(
                "error[missing-key] " + empty + ":1:7 graft.modifiers: the section `graft` needs the key `modifiers`",
                assertThrows(
                                GraftException.class,
                                () -> applier.configuration(empty).check())
                        .getMessage());
    }

    private interface Other extends ConfiguredSection {}

    @Test
    void whatIsWrongWithItIsFoundByEveryRun() throws IOException {
        Path config = project.config(FILE.formatted("text = why, level = 12"));
        assertEquals(
                "error[out-of-range] " + config + ":4:31 graft.notes.level: must be between 0 and 9",
                assertThrows(
                                GraftException.class,
                                () -> applier.configuration(config).plan())
                        .getMessage());
        Path misspelt = project.config(FILE.replace("notes {", "note {").formatted("text = why"));
        assertEquals(
                "error[unknown-key] " + misspelt + ":4:3 graft.note: the section `graft` has no key `note`",
                assertThrows(
                                GraftException.class,
                                () -> applier.configuration(misspelt).check())
                        .getMessage());
    }

    @Test
    void theSchemaHasIt() throws IOException {
        String schema = applier.schema().replaceAll("\\s+", "");
        assertTrue(
                schema.contains(
                        "\"migrations\":{\"$ref\":\"#/$defs/graft.migrations\"},\"notes\":{\"$ref\":\"#/$defs/graft.section.notes\"}"));
        assertTrue(schema.contains("\"graft.section.notes\":{"));
    }

    /** What the processor would generate for a section. */
    public static final class Notes implements SectionProvider {
        @Override
        public int apiLevel() {
            return 1;
        }

        @Override
        public PlugDescriptor descriptor() {
            return PlugDescriptor.of(
                    "notes",
                    Noted.class.getName(),
                    "",
                    OptionDescriptor.of("text", "text", "", true, ""),
                    OptionDescriptor.of("level", "int", "3", false, ""));
        }

        @Override
        public Bound<ConfiguredSection> bind(ConfigCursor section) {
            ObjectBinding object = section.object();
            Key<String> text = object.key("text", Decoders.string()).required();
            Key<Integer> level = object.key("level", Decoders.int32())
                    .check(Constraints.range(0, 9))
                    .orDefault("3");
            return object.finish(() -> new Noted(text.get(), level.get()));
        }
    }

    private record Noted(String text, int level) implements ConfiguredSection {}
}
