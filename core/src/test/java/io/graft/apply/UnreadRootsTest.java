package io.graft.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.GraftException;
import io.graft.config.reading.ConfigOverrides;
import io.graft.problem.ProblemCode;
import io.graft.problem.SourceRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnreadRootsTest {
    private static final String MODEL = "graft.model.checkpoint = m\n";

    @TempDir
    Path folder;

    @Test
    void optionsAtTheRootAreReadByNobody() throws IOException {
        assertEquals(
                List.of(
                        "2:1 freeze: the root key `freeze` (same name as a modifier) is never read; to build on it, write the"
                                + " entry as: ${freeze} { type = freeze }"),
                told("freeze { modules = [encoder] }\ngraft.modifiers = [{ type = freeze, modules = [decoder] }]\n"));
    }

    @Test
    void whatAnEntryIsBuiltOnIsRead() throws IOException {
        assertEquals(
                List.of(),
                told("freeze { modules = [encoder] }\ngraft.modifiers = [\n  ${freeze} { type = freeze }\n]\n"));
        assertEquals(
                List.of(),
                told("rename = encoder\ngraft.modifiers = [\n  { type = freeze, modules = [${rename}] }\n]\n"));
        assertEquals(
                List.of(),
                told(
                        "freeze = [encoder]\ntraining.model-modifier.modifiers = [\n  { type = freeze, modules = ${freeze} }\n]\n"));
    }

    @Test
    void aSectionOutsideOfGraftIsReadByNobody() throws IOException {
        String modifiers = "graft.modifiers = [{ type = freeze, modules = [encoder] }]\n";
        assertEquals(
                List.of(
                        "3:0 model: the root key `model` (same name as a section of `graft`) is never read; if it is meant for"
                                + " Graft, write it as `graft.model`",
                        "4:1 modifiers: the root key `modifiers` (same name as a section of `graft`) is never read; if it is"
                                + " meant for Graft, write it as `graft.modifiers`",
                        "2:0 output: the root key `output` (same name as a section of `graft`) is never read; if it is meant"
                                + " for Graft, write it as `graft.output`"),
                told("output.path = x\nmodel.layers = 3\nmodifiers = []\n".replace("modifiers = []", "modifiers = [1]")
                        + modifiers));
        assertEquals(List.of(), told("output = out\ngraft.output.path = ${output}\n" + modifiers));
    }

    @Test
    void aSetKeyWithoutItsSectionIsAnError() throws IOException {
        Path file = Files.writeString(
                folder.resolve("x.conf"), MODEL + "graft.modifiers = [{ type = freeze, modules = [encoder] }]");
        ModelModifierApplier applier =
                ModelModifierApplier.create(TestModifiers.extension(folder.resolve("extension")));
        ConfigOverrides set = new ConfigOverrides(List.of("output.path=x"), Map.of(), Map.of());
        GraftException refused = assertThrows(
                GraftException.class, () -> applier.configuration(file, set).check());
        assertEquals(
                "error[unread-key] --set output.path: nobody reads `output.path`, neither Graft nor a substitution of the file",
                refused.getMessage());
        assertEquals(1, refused.problems().size(), refused.problems().toString());
    }

    @Test
    void otherKeysAreOthersBusiness() throws IOException {
        assertEquals(
                List.of(), told("trainer { rank = 1 }\ngraft.modifiers = [{ type = freeze, modules = [encoder] }]\n"));
    }

    @Test
    void aKeyOfAnIncludedFileNamesTheInclusion() throws IOException {
        Path inside = Files.createDirectories(folder.resolve("parts"));
        Files.writeString(inside.resolve("inc.conf"), "\nfreeze { modules = [encoder] }\n");
        String told = "2:0 freeze: parts/inc.conf is included by " + folder.resolve("x.conf")
                + ":2, but the root key `freeze` (same name as a modifier) is never read; to build on it, write the entry"
                + " as: ${freeze} { type = freeze }";
        String modifiers = "graft.modifiers = [{ type = freeze, modules = [decoder] }]\n";
        assertEquals(List.of(told), told("include \"parts/inc.conf\"\n" + modifiers));
        assertEquals(List.of(told), told("include required(\"parts/inc\")\n" + modifiers));
        Files.writeString(inside.resolve("outer.conf"), "include \"inc.conf\"\n");
        assertEquals(
                List.of(told.replace("parts/inc.conf", "inc.conf")
                        .replace(folder.resolve("x.conf") + ":2", inside.resolve("outer.conf") + ":1")),
                told("include \"parts/outer.conf\"\n" + modifiers));
    }

    private List<String> told(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("x.conf"), MODEL + text);
        ModelModifierApplier applier =
                ModelModifierApplier.create(TestModifiers.extension(folder.resolve("extension")));
        return applier.configuration(file).check().stream()
                .filter(problem -> problem.code() == ProblemCode.UNREAD_KEY)
                .map(problem -> {
                    SourceRef at = problem.at().orElseThrow();
                    return at.line() + ":" + at.column() + " " + problem.path() + ": " + problem.message() + "; "
                            + problem.help();
                })
                .toList();
    }
}
