package io.graft.checkpoint.pytorch;

import static io.graft.checkpoint.pytorch.Pickle.floats;
import static io.graft.checkpoint.pytorch.TorchFiles.fixture;
import static io.graft.checkpoint.pytorch.TorchFiles.open;
import static io.graft.checkpoint.pytorch.TorchFiles.zip;
import static io.graft.checkpoint.pytorch.TorchFiles.zipWithFour;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.pytorch.Pickle.Raw;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole modules, rebuilt without their classes. {@code module.pt} is made by {@code make_objects.py} beside it. */
class PickledModuleTest {
    private static final String EMPTY = "X\13\0\0\0_parameters}X\10\0\0\0_buffers}X\10\0\0\0_modules}";

    @TempDir
    Path folder;

    @Test
    void theStateDictIsThatOfPyTorchInItsOrder() {
        Checkpoint checkpoint = open(fixture("torch/module.pt"));
        assertEquals("module", checkpoint.content());
        assertEquals(
                List.of(
                        "steps",
                        "encoder.weight",
                        "blocks.0.scale",
                        "blocks.0.fc.weight",
                        "blocks.0.fc.bias",
                        "blocks.1.scale",
                        "blocks.1.fc.weight",
                        "blocks.1.fc.bias",
                        "norm.weight",
                        "norm.bias",
                        "norm.running_mean",
                        "norm.running_var",
                        "norm.num_batches_tracked"),
                List.copyOf(checkpoint.tensors().keySet()));
        assertTrue(checkpoint
                .tensors()
                .get("blocks.0.fc.weight")
                .isTiedTo(checkpoint.tensors().get("blocks.1.fc.weight")));
        assertEquals(List.of(), checkpoint.warnings());
    }

    @Test
    void aModuleStandsForItsStateDictInAContainerAndDeeper() {
        TorchFiles files = new TorchFiles(folder);
        Checkpoint contained = files.open(zipWithFour(Map.of("model", module("w"), "epoch", 3L)));
        assertEquals("pytorch", contained.content());
        assertEquals(List.of("w"), List.copyOf(contained.tensors().keySet()));
        assertEquals(Map.of("epoch", "3"), contained.metadata());
        Checkpoint deeper = files.open(zipWithFour(Map.of("ema", Map.of("net", module("w")))));
        assertEquals(List.of("w"), List.copyOf(deeper.tensors().keySet()));
        assertEquals(List.of("the state dict was found at 'ema.net'"), deeper.warnings());
    }

    @Test
    void aModuleWithoutTensorsIsAnError() {
        new TorchFiles(folder)
                .assertRefused(
                        Reason.UNRECOGNISED,
                        "0 tensors in the state dict at ''; save a state dict: torch.save(model.state_dict(), path)",
                        zip(new Raw("cnet\nNet\n)\u0081}(" + EMPTY + "ub")));
    }

    /** Twenty levels of two places for one module make a million names. */
    @Test
    void modulesSharedOverAndOverAreRefused() {
        StringBuilder opcodes = new StringBuilder("cnet\nNet\n)\u0081}(" + EMPTY + "ubq\0");
        for (int level = 1; level <= 20; level++) {
            char below = (char) (level - 1);
            opcodes.append("cnet\nNet\n)\u0081}(X\13\0\0\0_parameters}X\10\0\0\0_buffers}X\10\0\0\0_modules}(")
                    .append("X\1\0\0\0ah" + below + "X\1\0\0\0bh" + below + "uubq" + (char) level);
        }
        assertSharedRefused("(" + opcodes + "t", "h\24");
        // A module that is its own child has no end.
        assertSharedRefused(
                "cnet\nNet\n)\u0081q\24}(X\13\0\0\0_parameters}X\10\0\0\0_buffers}X\10\0\0\0_modules}X\1\0\0\0a"
                        + "h\24sub",
                "h\24");
    }

    private void assertSharedRefused(String made, String module) {
        new TorchFiles(folder)
                .assertRefused(
                        Reason.REFUSED,
                        "the modules hold more than 500000 parts, or names of more than 33554432 characters;"
                                + " do not use this file unless you know who wrote it",
                        zip(new Raw("}(X\1\0\0\0x" + made + "X\5\0\0\0model" + module + "u")));
    }

    private static Raw module(String name) {
        String tensor = new String(Pickle.of(floats("0", 4)), java.nio.charset.StandardCharsets.ISO_8859_1);
        return new Raw("cnet\nNet\n)\u0081}(X\13\0\0\0_parameters}X\1\0\0\0" + name
                + tensor.substring(2, tensor.length() - 1) + "sX\10\0\0\0_buffers}X\10\0\0\0_modules}ub");
    }
}
