package io.graft.modifiers.transfer;

import static io.graft.modifiers.transfer.Options.transfer;

import io.graft.SkipReason;
import io.graft.Skipped;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ReportedError;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FittingTest {
    @TempDir
    Path folder;

    @Test
    void onlySingleNumbersAreReshaped() {
        Path file = ModelFixture.empty()
                .with("one", Shape.of(), 5)
                .with("same", Shape.of(4), 5)
                .with("grows", Shape.of(1), 5)
                .with("shrinks", Shape.of(2), 5)
                .save(folder, "source");
        transfer(
                        ModelFixture.empty()
                                .with("grows", Shape.of(2), 0)
                                .with("one", Shape.of(1, 1), 0)
                                .with("same", Shape.of(2, 2), 0)
                                .with("shrinks", Shape.of(), 0),
                        Options.from(file).prefix("none").allowScalarReshape())
                .succeeds()
                .assigns("one")
                .skips(
                        mismatch("grows", "[1] in the checkpoint, [2] in the model"),
                        mismatch("same", "[4] in the checkpoint, [2, 2] in the model"),
                        mismatch("shrinks", "[2] in the checkpoint, [] in the model"));
    }

    @Test
    void aTensorOfARefusedDtypeIsMissingToStrictTransfers() {
        Path file = ModelFixture.of("w", DType.F16, Shape.of(2), 1)
                .with("v", Shape.of(1), 1)
                .save(folder, "source");
        transfer(
                        ModelFixture.empty().with("w", Shape.of(2), 0).with("v", Shape.of(1), 0),
                        Options.from(file).refuseDtypes().strict())
                .fails(new ReportedError(
                        ProblemCode.MISSING_TENSOR,
                        "strict",
                        "`source.safetensors` does not fill 1 of the model's tensors: `w`",
                        "rename entries, exclude the tensors, or let strict be false"));
    }

    private static Skipped mismatch(String key, String detail) {
        return new Skipped(key, SkipReason.SHAPE_MISMATCH, detail);
    }
}
