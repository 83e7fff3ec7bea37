package io.graft.apply.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.GraftException;
import io.graft.apply.FileRun;
import io.graft.apply.ModelModifierApplier;
import io.graft.apply.Project;
import io.graft.apply.TestModifiers;
import io.graft.config.reading.ConfigOverrides;
import io.graft.problem.Problem;
import io.graft.problem.SourceRef;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Older keys of a configuration: moved with a warning, or refused with what to do instead. */
class ConfigurationMigrationsTest {
    private Project project;
    private ModelModifierApplier applier;

    @BeforeEach
    void makeProject(@TempDir Path root) throws IOException {
        project = Project.in(root.resolve("project"));
        applier = ModelModifierApplier.create(TestModifiers.extension(root.resolve("extension")));
    }

    private Path config(String keys, String rest) throws IOException {
        return project.config("""
                graft {
                  migrations.keys = [ %s ]
                  model.checkpoint = model.safetensors
                  %s
                }
                """.formatted(keys, rest));
    }

    private static List<String> said(List<Problem> problems) {
        return problems.stream()
                .map(problem -> problem.code().id() + " "
                        + problem.at().map(SourceRef::line).orElse(0) + " " + problem.message() + "; "
                        + problem.help())
                .toList();
    }

    @Test
    void aKeyIsReadWhereItStandsTodayAndToldWithItsLine() throws IOException {
        FileRun run = applier.configuration(config(
                "{ from = graft.changes, to = graft.modifiers }",
                "changes = [ { type = freeze, modules = [encoder] } ]"));
        assertEquals(
                List.of("deprecated-key 4 `graft.changes` is called `graft.modifiers` now; write `graft.modifiers`"),
                said(run.check()));
        assertEquals(
                List.of(Map.of("type", "freeze", "modules", List.of("encoder"))),
                run.effective().get("modifiers"));
        assertEquals(1, run.plan().modifiers().size());
    }

    @Test
    void keysInListsAndInOtherSectionsAreMoved() throws IOException {
        FileRun run = applier.configuration(config(
                "{ from = \"graft.modifiers.*.frozen_parts\", to = \"graft.modifiers.*.modules\" },"
                        + " { from = training.output_dir, to = graft.output.path }",
                "modifiers = [ { type = freeze, frozen-parts = [encoder] }, { type = freeze, modules = [decoder] } ]\n"
                        + "}\ntraining.output-dir = elsewhere\ngraft {"));
        assertEquals(
                List.of(
                        "deprecated-key 4 `graft.modifiers[0].frozen-parts` is called `graft.modifiers[0].modules` now; write"
                                + " `graft.modifiers[0].modules`",
                        "deprecated-key 6 `training.output-dir` is called `graft.output.path` now; write `graft.output.path`"),
                said(run.check()));
        assertEquals(2, run.plan().modifiers().size());
    }

    /** H19: a removed key, even null. */
    @Test
    void h19ARemovedKeyIsAnErrorThatNamesTheReplacement() throws IOException {
        Path config = config(
                "{ from = training.load_weights_only, removed = \"use a modifier of type transfer-learning\" }",
                "modifiers = [ { type = freeze, modules = [encoder] } ]\n}\ntraining.load_weights_only = null\ngraft {");
        GraftException refused = assertThrows(
                GraftException.class, () -> applier.configuration(config).check());
        assertEquals(
                List.of("removed-key 6 `training.load_weights_only` is read no longer: use a modifier of type"
                        + " transfer-learning; take it out"),
                said(refused.problems()));
    }

    @Test
    void bothKeysAreAnError() throws IOException {
        Path config = config(
                "{ from = graft.changes, to = graft.modifiers }",
                "changes = [], modifiers = [ { type = freeze, modules = [encoder] } ]");
        assertEquals(
                "both-key-and-alias 4 `graft.changes` is called `graft.modifiers`, which is given too; keep the second",
                said(assertThrows(
                                        GraftException.class,
                                        () -> applier.configuration(config).check())
                                .problems())
                        .get(0));
    }

    @Test
    void aKeyThatIsSetUnderItsOldNameIsMovedToo() throws IOException {
        Path config = config(
                "{ from = training.output-dir, to = graft.output.path }, { from = \"stages.*.frozen\", removed = \"list it\" }",
                "modifiers = [ { type = freeze, modules = [encoder] } ], output.path = written");
        FileRun run = applier.configuration(config, set("training.output_dir=set"));
        assertEquals(
                List.of("deprecated-key 0 `training.output_dir` is called `graft.output.path` now; write"
                        + " `graft.output.path`"),
                said(run.check()));
        assertEquals("set", ((Map<?, ?>) run.effective().get("output")).get("path"));
        assertEquals(
                List.of("removed-key 0 `stages[0].frozen` is read no longer: list it; take it out"),
                said(assertThrows(
                                GraftException.class,
                                () -> applier.configuration(config, set("stages[0].frozen=[a]"))
                                        .check())
                        .problems()));
        assertEquals(
                List.of("unread-key 0 nobody reads `trainig.output-dir`, neither Graft nor a substitution of the file;"
                        + " begin it with `graft`, or let a substitution of the file read it"),
                said(assertThrows(
                                GraftException.class,
                                () -> applier.configuration(config, set("trainig.output-dir=set"))
                                        .check())
                        .problems()));
    }

    @Test
    void whatIsSetUnderTheNameOfTodayWinsOverTheOldKeyOfTheFile() throws IOException {
        Path config = config(
                "{ from = training.output-dir, to = graft.output.path }",
                "modifiers = [ { type = freeze, modules = [encoder] } ]\n}\ntraining.output-dir = written\ngraft {");
        FileRun run = applier.configuration(config, set("graft.output.path=set"));
        assertEquals(
                List.of("deprecated-key 6 `training.output-dir` is called `graft.output.path` now; write"
                        + " `graft.output.path`"),
                said(run.check()));
        assertEquals("set", ((Map<?, ?>) run.effective().get("output")).get("path"));
    }

    private static ConfigOverrides set(String assignment) {
        return new ConfigOverrides(List.of(assignment), Map.of(), Map.of());
    }

    @Test
    void whatIsWrongWithAMoveIsTold() throws IOException {
        for (Map.Entry<String, String> wrong : Map.of(
                        "{ from = a }", "give either `to`, where the key stands now, or `removed`, what to do instead",
                        "{ from = a.b, to = a.b }",
                                "`from` and `to` are different paths that are the same up to the last `*`",
                        "{ from = \"a.*.b\", to = a.b }",
                                "`from` and `to` are different paths that are the same up to the last `*`",
                        "{ from = \"a.*\", removed = x }", "`from` ends with the key, not with `*`")
                .entrySet()) {
            Path config = config(wrong.getKey(), "modifiers = [ { type = freeze, modules = [encoder] } ]");
            assertEquals(
                    List.of("record-constructor-rejected 2 the section `migrations` refuses these values in `keys[0]`: "
                            + wrong.getValue() + "; "),
                    said(assertThrows(
                                    GraftException.class,
                                    () -> applier.configuration(config).check())
                            .problems()));
        }
    }
}
