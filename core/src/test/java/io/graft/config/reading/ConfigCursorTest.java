package io.graft.config.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.config.decoding.Decoders;
import io.graft.problem.Problem;
import io.graft.problem.SourceRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigCursorTest {
    private static final String MODIFIERS = """
            graft {
              modifiers = [
                { type = a, target_modules = [query], rename = [{ from = x }] }
              ]
            }
            """;

    @Test
    void aPathGoesDownInEitherSpelling() {
        ConfigCursor entry = Read.text(MODIFIERS).at("graft.modifiers[0]");
        assertEquals("graft.modifiers[0]", entry.path());
        assertEquals(
                "graft.modifiers[0].target_modules[0]",
                entry.at("target-modules[0]").path());
        assertEquals("query", entry.at("target-modules.0").unwrapped());
        assertEquals("x", entry.at("rename[0].from").unwrapped());
        assertEquals("graft.modifiers[0]", entry.at("").path());
    }

    @Test
    void whatIsNotThereHasThePlaceOfWhatWouldHoldIt(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("x.conf"), MODIFIERS);
        ConfigCursor entry = Read.file(file).root().at("graft.modifiers[0]");
        ConfigCursor absent = entry.at("rename[0].to.deep");
        assertFalse(absent.isPresent());
        assertNull(absent.unwrapped());
        assertEquals("graft.modifiers[0].rename[0].to.deep", absent.path());
        assertEquals(Optional.of(file + ":3:53"), absent.source().map(SourceRef::display));
        assertEquals(Optional.of(file + ":3:5"), entry.at("nothing").source().map(SourceRef::display));
        assertEquals(
                Optional.of(file + ":3:17"),
                entry.at("target-modules").keySource().map(SourceRef::display));
        assertEquals(
                Optional.of(file + ":3:35"),
                entry.at("target-modules[0]").source().map(SourceRef::display));
        assertEquals(Optional.of(file + ":3:5"), entry.at("[9]").source().map(SourceRef::display));
    }

    @Test
    void aFileThatIsGoneLeavesItsNameAndLine(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("x.conf"), MODIFIERS);
        ConfigCursor root = Read.file(file).root();
        Files.delete(file);
        assertEquals(
                Optional.of(new SourceRef(file.toString(), 3, 0, 0, "")),
                root.at("graft.modifiers[0].type").source());
    }

    @Test
    void keysWithDotsAreQuoted() {
        ConfigCursor root = Read.text("names { \"encoder.layer\" = 1, plain = 2 }");
        ConfigCursor names = root.at("names");
        assertEquals(List.of("encoder.layer", "plain"), names.keys());
        assertEquals("names.\"encoder.layer\"", names.at("\"encoder.layer\"").path());
        assertEquals(1, names.at("\"encoder.layer\"").unwrapped());
    }

    @Test
    void formsAreKnown() {
        ConfigCursor root = Read.text("list = [1], object { a = 1 }, text = 007, nothing = null");
        assertTrue(root.at("list").isList());
        assertTrue(root.at("object").isObject());
        assertEquals(Optional.of("007"), root.at("text").text());
        assertEquals(Optional.empty(), root.at("object").text());
        assertTrue(root.at("nothing").isPresent());
        assertEquals(List.of(), root.at("text").elements());
        assertEquals(List.of(), root.at("list").keys());
    }

    @Test
    void notesAreAskedForByTheOptionsKey() {
        ConfigCursor entry = Read.text("graft.modifiers = [{ rename_rules = [{ from = [] }] }]")
                .at("graft.modifiers[0]")
                .ownedBy("modifier `a`", key -> Optional.of("about " + key));
        ObjectBinding object = entry.object();
        object.key("rename-rules", Decoders.list(Decoders.nested(new EveryOption.Rule_Binder())))
                .required();
        List<List<String>> notes =
                object.finish(() -> "").problems().stream().map(Problem::notes).toList();
        assertEquals(List.of(List.of("about rename-rules.from"), List.of("about rename-rules.to")), notes);
    }
}
