package com.acme;

import io.graft.SkipReason;
import io.graft.Skipped;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierTester;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlendingModelModifierTest {
    private static final ModifierTester BLENDING = ModifierTester.of(BlendingModelModifier.class);

    @TempDir
    Path folder;

    @Test
    void everyKeyIsRead() {
        BLENDING.mapsEveryKey(
                "checkpoint-path = \"https://acme.com/other.safetensors\", share = 0.25",
                new BlendingOptions(CheckpointRef.of("https://acme.com/other.safetensors"), 0.25));
    }

    @Test
    void weightsAreBlendedInTheDtypeOfTheModel() {
        Path other =
                ModelFixture.of("encoder.weight", DType.F32, Shape.of(2), 4, -8).save(folder, "other");
        ModelFixture.of("encoder.weight", DType.BF16, Shape.of(2), 2, 8)
                .apply(new BlendingModelModifier(new BlendingOptions(CheckpointRef.of(other), 0.25)))
                .succeeds()
                .assigns("encoder.weight")
                .hasValues("encoder.weight", 2.5, 4);
    }

    @Test
    void whatDoesNotFitIsTold() {
        Path other =
                ModelFixture.of("encoder.weight", DType.F32, Shape.of(3), 1).save(folder, "other");
        ModelFixture.of("encoder.weight", DType.F32, Shape.of(2), 1)
                .with("head.weight", Shape.of(2), 1)
                .apply(new BlendingModelModifier(new BlendingOptions(CheckpointRef.of(other), 0.5)))
                .changesNothing()
                .skips(new Skipped(
                        "encoder.weight", SkipReason.SHAPE_MISMATCH, "[3] in the checkpoint, [2] in the model"))
                .misses("head.weight");
    }
}
