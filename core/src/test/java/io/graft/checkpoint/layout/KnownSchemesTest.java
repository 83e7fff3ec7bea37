package io.graft.checkpoint.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.Encoding;
import io.graft.checkpoint.Fixtures;
import io.graft.checkpoint.TensorEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Codes are known by what lies beside them, whether or not anything reads them: field reports, section 2. */
class KnownSchemesTest {
    private static Path model(String layout) {
        return Fixtures.path("/fixtures/quantized/" + layout + "/model.safetensors");
    }

    @ParameterizedTest
    @CsvSource({
        "bnb-nf4, bitsandbytes 4-bit",
        "bnb-fp4, bitsandbytes 4-bit",
        "bnb-nf4-storage-bf16, bitsandbytes 4-bit",
        "ct-pack-int8-group-asym, integers packed by compressed-tensors",
        "ct-pack-int4-actorder, integers packed by compressed-tensors",
        "bnb-int8, bitsandbytes int8",
        "gptq-v1-4bit-sym, GPTQ",
        "gptq-v1-3bit, GPTQ",
        "awq-gemm, AWQ",
        "ct-pack-int4-group-sym, integers packed by compressed-tensors",
        "ct-nvfp4, NVFP4",
        "ct-mxfp4, MXFP4",
        "ct-int8-w8a8, int8 codes with scales",
        "mxfp4-gptoss, MXFP4",
        "nvfp4-modelopt, NVFP4",
        "torchao-int8, codes of torchao",
        "hqq-4bit, HQQ",
        "mlx-affine-4bit, integers of MLX",
        "fp4-dsv4-experts, FP4 of two codes a byte",
        "fp8-block-32-bf16, FP8 codes with scales",
    })
    void theSchemeIsKnown(String layout, String scheme) {
        Checkpoint checkpoint = Checkpoint.open(model(layout));
        Checkpoint expected = Checkpoint.open(Fixtures.path("/fixtures/quantized/" + layout + "/expected.safetensors"));
        Set<String> missing = new TreeSet<>(expected.tensors().keySet());
        missing.removeAll(checkpoint.tensors().keySet());
        assertEquals(Set.of(), missing);
        int coded = 0;
        for (TensorEntry entry : expected.tensors().values()) {
            TensorEntry found = checkpoint.tensors().get(entry.name());
            if (found.encoding().isPresent()) {
                coded++;
                assertEquals(scheme, found.encoding().get().scheme());
            }
        }
        assertTrue(coded > 0);
        Set<String> schemes = checkpoint.tensors().values().stream()
                .flatMap(entry -> entry.encoding().stream())
                .map(Encoding::scheme)
                .collect(Collectors.toSet());
        assertEquals(Set.of(scheme), schemes);
    }

    @Test
    void valuesAreRefusedAndBytesAreNot() throws IOException {
        Checkpoint checkpoint = Checkpoint.open(model("gptq-v1-4bit-sym"));
        String name = "model.layers.0.self_attn.q_proj.weight";
        TensorEntry weight = checkpoint.tensors().get(name);
        CheckpointException refused =
                assertThrows(CheckpointException.class, () -> weight.data().window(0, 4));
        assertEquals(
                checkpoint.path() + ": `" + name + "` is stored as GPTQ, which no layout at hand reads;"
                        + " add graft-modifiers-quantization, which reads it",
                refused.getMessage());
        assertEquals(CheckpointException.Reason.UNSUPPORTED, refused.reason());
        assertEquals(
                16,
                checkpoint
                        .stored()
                        .get("model.layers.0.self_attn.q_proj.qweight")
                        .data()
                        .window(0, 16)
                        .remaining());
        assertEquals(
                checkpoint.stored().values().stream()
                        .mapToLong(entry -> entry.data().byteCount())
                        .sum(),
                checkpoint.tensors().values().stream()
                        .mapToLong(TensorEntry::storedBytes)
                        .sum());
    }

    @Test
    void whatReadsItIsNamedWhereItIsKnown() {
        TensorEntry weight =
                Checkpoint.open(model("fp8-block-32-bf16")).tensors().get("model.layers.0.self_attn.q_proj.weight");
        assertEquals(
                "add graft-modifiers-quantization, which reads it",
                assertThrows(CheckpointException.class, () -> weight.data().window(0, 4))
                        .help());
    }
}
