package io.graft.cli.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.Checkpoint;
import io.graft.cli.Outcome;
import io.graft.cli.Place;
import io.graft.cli.output.ExitCode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One of several state dicts of a file, by its name, wherever a checkpoint is named. Field reports, section 3. */
class SectionsTest {
    @TempDir
    Path folder;

    private Place place() {
        return new Place(folder).with("m43/full7-lightning.ckpt", "m43/init.safetensors");
    }

    @Test
    void aSectionIsNamedOnTheCommandLine() {
        Place place = place();
        place.graft("inspect", "DIR/full7-lightning.ckpt", "--section", "state_dict")
                .is(ExitCode.DONE);
        Outcome wrong = place.graft("inspect", "DIR/full7-lightning.ckpt", "--section", "statedict");
        assertEquals(ExitCode.CHECKPOINT, wrong.code());
        assertEquals(
                "graft: DIR/full7-lightning.ckpt: the file has no section `statedict`; did you mean `state_dict`?\n",
                wrong.err());
        place.graft(
                        "diff",
                        "DIR/full7-lightning.ckpt",
                        "DIR/full7-lightning.ckpt",
                        "--section-a",
                        "state_dict",
                        "--section-b",
                        "state_dict")
                .is(ExitCode.DONE);
    }

    @Test
    void aSectionIsNamedInAConfiguration() {
        Place place = place().config(
                        "init.safetensors",
                        "{ type = transfer-learning, checkpoint-path { path = full7-lightning.ckpt, section = state_dict } }");
        place.graft("apply", "-c", "DIR/x.conf").is(ExitCode.DONE);
        assertTrue(Checkpoint.open(place.path("out")).tensors().containsKey("encoder.weight"));
        Outcome wrong = place.config(
                        "init.safetensors",
                        "{ type = transfer-learning, checkpoint-path { path = full7-lightning.ckpt, section = ema } }")
                .graft("plan", "-c", "DIR/x.conf");
        assertEquals(ExitCode.CHECKPOINT, wrong.code());
        assertTrue(wrong.err().contains("the file has no section `ema`; it has `state_dict`"), wrong.err());
    }
}
