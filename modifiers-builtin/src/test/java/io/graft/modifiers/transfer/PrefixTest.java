package io.graft.modifiers.transfer;

import static io.graft.modifiers.transfer.Options.transfer;

import io.graft.problem.ProblemCode;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ReportedError;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrefixTest {
    @TempDir
    Path folder;

    @Test
    void noPrefixAndAnAddedOneMayFitEquallyWell() {
        Path file = ModelFixture.empty().with("w", Shape.of(2), 1).save(folder, "source");
        transfer(ModelFixture.empty().with("w", Shape.of(2), 0).with("net.w", Shape.of(2), 0), Options.from(file))
                .fails(new ReportedError(
                        ProblemCode.AMBIGUOUS_PREFIX,
                        "prefix",
                        "the checkpoint's keys fit 1 of 2 tensors of the model in 2 ways: no prefix; `net.` added",
                        "say which one is meant: prefix = none or \"net.\""));
    }

    @Test
    void thePrefixThatFillsShapesGoesBeforeOneThatMeetsAsManyNames() {
        Path file = ModelFixture.empty()
                .with("a.w", Shape.of(3), 1)
                .with("a.v", Shape.of(3), 1)
                .with("b.w", Shape.of(3), 2)
                .with("b.v", Shape.of(2), 2)
                .save(folder, "source");
        transfer(ModelFixture.empty().with("w", Shape.of(2), 0).with("v", Shape.of(2), 0), Options.from(file))
                .succeeds()
                .hasValues("v", 2)
                .warns("prefix `b.` stripped from 2 of 4 keys of the checkpoint");
    }

    @Test
    void theMoreTensorsOfTheirShapeTheBetter() {
        Path file = ModelFixture.empty()
                .with("a.w", Shape.of(2), 1)
                .with("a.v", Shape.of(3), 1)
                .with("b.w", Shape.of(2), 2)
                .with("b.v", Shape.of(2), 2)
                .save(folder, "source");
        transfer(ModelFixture.empty().with("w", Shape.of(2), 0).with("v", Shape.of(2), 0), Options.from(file))
                .succeeds()
                .hasValues("w", 2)
                .hasValues("v", 2)
                .warns("prefix `b.` stripped from 2 of 4 keys of the checkpoint");
    }

    @Test
    void aRuleThatNothingIsNearToNamesWhatTheCheckpointHas() {
        Path file = ModelFixture.empty().with("w", Shape.of(2), 1).save(folder, "source");
        transfer(
                        ModelFixture.empty().with("w", Shape.of(2), 0),
                        Options.from(file).rename("quite.another", "w"))
                .fails(new ReportedError(
                        ProblemCode.UNMATCHED_RULE,
                        "rename[0]",
                        "rule #1, `quite.another` to `w`, matches 0 keys of the checkpoint",
                        "the checkpoint has `w`"));
    }
}
