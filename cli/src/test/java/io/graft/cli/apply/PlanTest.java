package io.graft.cli.apply;

import static io.graft.cli.Golden.assertGolden;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.cli.Outcome;
import io.graft.cli.Place;
import io.graft.cli.output.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanTest {
    @TempDir
    Path folder;

    private Place place;

    @BeforeEach
    void aConfiguration() {
        place = new Place(folder)
                .with("m43/init.safetensors", "m43/mismatched.pt", "m43/full7-lightning.ckpt")
                .config(
                        "init.safetensors",
                        "{ type = transfer-learning, checkpoint-path = full7-lightning.ckpt, exclude = [decoder] }",
                        "{ type = freezing, submodules-to-freeze = [encoder] }");
    }

    @Test
    void showsWhatWouldBeDone() throws IOException {
        Map<String, String> before = place.files();
        Outcome outcome = place.graft("plan", "-c", "DIR/x.conf").is(ExitCode.DONE);
        assertGolden("PlanTest/plan.txt", outcome.out());
        assertEquals(before, place.files());
    }

    @Test
    void showsItToPrograms() throws IOException {
        Outcome outcome = place.graft("plan", "-c", "DIR/x.conf", "--json").is(ExitCode.DONE);
        assertGolden("PlanTest/plan.json", outcome.out());
    }

    @Test
    void applyDoesWhatThePlanSays() {
        String plan = place.graft("plan", "-c", "DIR/x.conf", "--json").out();
        String report = place.graft("apply", "-c", "DIR/x.conf", "--json").out();
        assertEquals(planned(plan), planned(report));
    }

    @Test
    void theExitCodeTellsWhetherSomethingChanges() {
        place.graft("plan", "-c", "DIR/x.conf", "--detailed-exitcode").is(ExitCode.CHANGES);
        place.config("init.safetensors", "{ type = freezing, submodules-to-freeze = [] }");
        Outcome outcome =
                place.graft("plan", "-c", "DIR/x.conf", "--detailed-exitcode").is(ExitCode.DONE);
        assertEquals("""
                plan for checkpoint init.safetensors

                1. freezing  (BUILTIN)
                   ! `submodules-to-freeze` is empty: nothing is frozen
                   nothing changes

                4 tensors, 92 bytes
                trainable params: 23 || all params: 23 || trainable%: 100.0000
                """, outcome.out());
    }

    @Test
    void ofAPlanThatCannotBeCarriedOutTheErrorsAreShown() throws IOException {
        place.config(
                "init.safetensors",
                "{ type = transfer-learning, checkpoint-path = full7-lightning.ckpt }",
                "{ type = freezing, submodules-to-freeze = [encoder, decodr] }");
        Outcome outcome = place.graft("plan", "-c", "DIR/x.conf");
        assertEquals(ExitCode.MISFIT, outcome.code());
        assertEquals("", outcome.out());
        assertGolden("PlanTest/misfit-errors.txt", outcome.err());
    }

    @Test
    void verboseListsEverything() {
        place.with("epd/model.safetensors", "epd/pretrained.ckpt")
                .config("model.safetensors", "{ type = transfer-learning, checkpoint-path = pretrained.ckpt }");
        String shortened = place.graft("plan", "-c", "DIR/x.conf").out();
        assertTrue(shortened.contains("       and 34 more; -v lists all\n"), shortened);
        String whole = place.graft("plan", "-c", "DIR/x.conf", "-v").out();
        assertEquals(shortened.lines().count() + 33, whole.lines().count());
    }

    @Test
    void aMissingCheckpointIsNamed() throws IOException {
        place.config("gone.safetensors", "{ type = freezing, submodules-to-freeze = [encoder] }");
        Outcome outcome = place.graft("plan", "-c", "DIR/x.conf");
        assertEquals("", outcome.out());
        assertEquals(ExitCode.CHECKPOINT, outcome.code());
        assertGolden("PlanTest/missing-checkpoint.txt", outcome.err());
    }

    @Test
    void checkpointsThatAreMissingAreNamedTogether() throws IOException {
        place.config("gone.safetensors", """
                { type = freezing, submodules-to-freeze = [encoder] }
                { type = freezing, submodules-to-freeze = [decoder] }
                { type = transfer-learning, checkpoint-path { path = lost.ckpt } }
                { type = transfer-learning, checkpoint-path = full7-lightning.ckpt, override = true }
                """);
        assertGolden(
                "PlanTest/missing-checkpoints.txt",
                place.graft("plan", "-c", "DIR/x.conf").err());
    }

    @Test
    void aCheckpointThatIsMissingDoesNotHideTheNext() throws IOException {
        place.config("init.safetensors", """
                { type = transfer-learning, checkpoint-path = lost.ckpt }
                { type = transfer-learning, checkpoint-path = gone.ckpt, override = true }
                { type = freezing, submodules-to-freeze = [nothing], optional = true }
                """);
        assertGolden(
                "PlanTest/missing-twice.txt",
                place.graft("plan", "-c", "DIR/x.conf").err());
    }

    @Test
    void aMissingConfigurationIsNamed() {
        place.graft("plan", "-c", "DIR/gone.conf").is(ExitCode.USAGE, """
                        DIR/gone.conf: 1 error. Nothing was applied to the model.

                        error[file-not-found] DIR/gone.conf
                             = there is no such file
                        """);
    }

    private static String planned(String document) {
        return document.substring(document.indexOf("\"modifiers\":"), document.indexOf(",\"problems\":"));
    }
}
