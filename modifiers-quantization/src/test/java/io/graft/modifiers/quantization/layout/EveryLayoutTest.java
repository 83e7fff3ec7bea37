package io.graft.modifiers.quantization.layout;

import static io.graft.tensor.expression.Expressions.cast;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.Encoding;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.layout.IntegerCodes;
import io.graft.checkpoint.layout.TensorSet;
import io.graft.tensor.CastTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.bands.ExpressionTensors;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every fixture has the values that its reference gives, bit for bit. */
class EveryLayoutTest {
    @ParameterizedTest
    @CsvSource({
        "awq-gemm, 'AWQ, 4 bits, groups of 32'",
        "bnb-fp4, bitsandbytes fp4",
        "bnb-fp4-dq, bitsandbytes fp4",
        "bnb-int8, bitsandbytes int8",
        "bnb-nf4, bitsandbytes nf4",
        "bnb-nf4-dq, bitsandbytes nf4",
        "bnb-nf4-dq-b128-f16, bitsandbytes nf4",
        "bnb-nf4-storage-bf16, bitsandbytes nf4",
        "comfy-int8, 'int8 of ComfyUI, one scale a row'",
        "comfy-mxfp8, 'MXFP8 of ComfyUI, groups of 32'",
        "comfy-nvfp4, 'NVFP4 of ComfyUI, groups of 16'",
        "ct-int8-w8a8, 'int8, one scale a row'",
        "ct-int8-w8a8-asym, 'int8, one scale a row'",
        "ct-mxfp4, 'MXFP4, groups of 32'",
        "ct-naive-int8, 'int8, one scale a row'",
        "ct-nvfp4, 'NVFP4, groups of 16'",
        "ct-pack-int3-dense, '3-bit integers, groups of 32'",
        "ct-pack-int4-actorder, '4-bit integers, groups by an index'",
        "ct-pack-int4-channel-f16, '4-bit integers, one scale a row'",
        "ct-pack-int4-group-asym, '4-bit integers, groups of 32'",
        "ct-pack-int4-group-sym, '4-bit integers, groups of 32'",
        "ct-pack-int8-channel, '8-bit integers, one scale a row'",
        "ct-pack-int8-group-asym, '8-bit integers, groups of 32'",
        "fp4-dsv4-experts, 'MXFP4, groups of 32'",
        "fp8-block-32-e5m2, 'FP8 (E5M2), blocks of [32, 32]'",
        "fp8-e5m2-row, 'FP8 (E5M2), one scale a row'",
        "fp8-e5m2-tensor, 'FP8 (E5M2), one scale'",
        "gptq-v1-2bit, 'GPTQ, 2 bits, groups of 32'",
        "gptq-v1-3bit, 'GPTQ, 3 bits, groups by an index'",
        "gptq-v1-4bit-actorder, 'GPTQ, 4 bits, groups by an index'",
        "gptq-v1-4bit-asym, 'GPTQ, 4 bits, groups of 32'",
        "gptq-v1-4bit-sym, 'GPTQ, 4 bits, groups of 32'",
        "gptq-v1-8bit-channel, 'GPTQ, 8 bits, one scale a row'",
        "gptq-v2-4bit-asym, 'GPTQ, 4 bits, groups of 32'",
        "hqq-4bit, 'HQQ, 4 bits, groups of 64'",
        "mlx-affine-4bit, '4-bit codes of MLX, groups of 32'",
        "mxfp4-gptoss, 'MXFP4, groups of 32'",
        "nvfp4-modelopt, 'NVFP4, groups of 16'",
        "torchao-int8, 'torchao Int8Tensor, one scale a row'",
    })
    void everyFixtureIsReadBitForBit(String layout, String scheme) throws IOException {
        Checkpoint checkpoint = Checkpoint.open(QuantizedModel.folder(layout));
        QuantizedModel.assertSame(layout, checkpoint);
        assertEquals(
                List.of(scheme),
                checkpoint.tensors().values().stream()
                        .flatMap(entry -> entry.encoding().stream())
                        .map(Encoding::scheme)
                        .distinct()
                        .toList());
    }

    /** Layers may multiply with the codes of these, which mean what the values are, but for what is rounded on the way. */
    @ParameterizedTest
    @CsvSource({
        "awq-gemm, 4, 0",
        "bnb-int8, 8, 0",
        "ct-int8-w8a8, 8, 0",
        // Scales of 32 bits: a product and an offset are rounded one by one.
        "ct-int8-w8a8-asym, 8, 3e-7",
        "ct-naive-int8, 8, 0",
        "ct-pack-int3-dense, 4, 0",
        "ct-pack-int4-channel-f16, 4, 0",
        "ct-pack-int4-group-asym, 4, 0",
        "ct-pack-int4-group-sym, 4, 0",
        "ct-pack-int8-channel, 8, 0",
        "ct-pack-int8-group-asym, 8, 1e-7",
        "gptq-v1-2bit, 4, 0",
        "gptq-v1-4bit-asym, 4, 0",
        "gptq-v1-4bit-sym, 4, 0",
        "gptq-v1-8bit-channel, 8, 0",
        "gptq-v2-4bit-asym, 4, 0",
        // Differences are rounded before they are multiplied.
        "hqq-4bit, 4, 1e-3",
        "mlx-affine-4bit, 4, 0",
        "torchao-int8, 8, 0",
        // Those of ComfyUI may be rotated, the others have an order of their own, or no integers.
        "comfy-int8, 0, 0",
        "ct-pack-int4-actorder, 0, 0",
        "gptq-v1-3bit, 0, 0",
        "gptq-v1-4bit-actorder, 0, 0",
        "bnb-nf4, 0, 0"
    })
    void codesMeanTheValues(String layout, int bits, float tolerance) throws IOException {
        for (TensorEntry entry :
                Checkpoint.open(QuantizedModel.folder(layout)).tensors().values()) {
            if (entry.encoding().isEmpty()) {
                continue;
            }
            Encoding encoding = entry.encoding().get();
            TensorSet set = encoding.set();
            // The last group of others may be short.
            if (entry.name().endsWith("q_proj.weight")) {
                assertEquals(bits, set.codes().map(IntegerCodes::bits).orElse(0), entry.name());
            }
            if (set.codes().isPresent()) {
                Expression numbers = set.codes().get().numbers(set.shape());
                LazyTensor meant = CastTensor.to(
                        DType.F32,
                        ExpressionTensors.evaluate(
                                cast(numbers, set.dtype()),
                                "test",
                                Optional.empty(),
                                encoding.tensors(StoredTensor::initial)));
                float[] expected = LazyTensors.floats(CastTensor.to(DType.F32, encoding.value(StoredTensor::initial)));
                float[] codes = LazyTensors.floats(meant);
                if (tolerance == 0) {
                    assertArrayEquals(expected, codes);
                } else {
                    assertArrayEquals(expected, codes, tolerance);
                }
            }
        }
    }
}
