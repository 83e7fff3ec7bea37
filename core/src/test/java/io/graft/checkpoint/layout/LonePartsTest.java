package io.graft.checkpoint.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Section 2 of the field reports: scales without codes and codes without scales are errors that name what is missing. */
class LonePartsTest {
    private static Part part(String name, DType dtype, long... dimensions) {
        Shape shape = Shape.of(dimensions);
        return new Part(name, dtype, shape, TensorData.of(ByteBuffer.allocate((int) dtype.byteCount(shape))));
    }

    private static Grouping group(Part... parts) {
        return Layouts.group(
                new StoredTensors(List.of(parts), ModelConfiguration.NONE, Map.of()),
                LonePartsTest.class.getClassLoader());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            l.qweight           | I32     | 4 4     | codes without a scale | has codes of GPTQ or AWQ, and `l.scales` is not there
            l.weight_packed     | I32     | 4 4     | codes without a scale | has packed codes, and `l.weight_scale` is not there
            l.weight_packed     | U8      | 4 4     | codes without a scale | has packed codes, and `l.weight_scale` is not there
            e.gate_up_blocks    | U8      | 2 2 2 2 | codes without a scale | has blocks of codes, and `e.gate_up_scales` is not there
            l._weight_qdata     | I8      | 4 4     | codes without a scale | has codes of torchao, and `l._weight_scale` is not there
            l.weight_scale_inv  | F32     | 1 1     | scale without codes   | belongs to `l.weight`, which is not there
            e.up_proj_scale_inv | BF16    | 1 1     | scale without codes   | belongs to `e.up_proj`, which is not there
            l.weight_scale      | F32     | 4 1     | scale without codes   | belongs to `l.weight`, which is not there
            l.scale_weight      | F32     | 1       | scale without codes   | belongs to `l.weight`, which is not there
            l.SCB               | F32     | 4       | scale without codes   | belongs to `l.weight`, which is not there
            l.weight.absmax     | U8      | 4       | scale without codes   | belongs to `l.weight`, which is not there
            l.qzeros            | I32     | 1 4     | scale without codes   | belongs to `l.weight`, which is not there
            e.gate_up_scales    | U8      | 2 2 2   | scale without codes   | belongs to `e.gate_up_blocks`, which is not there
            """)
    void oneWithoutTheOther(String name, DType dtype, String shape, String scheme, String reason) {
        long[] dimensions =
                Arrays.stream(shape.split(" ")).mapToLong(Long::parseLong).toArray();
        TensorSet set = group(part(name, dtype, dimensions), part("other.weight", DType.F32, 2))
                .sets()
                .get(0);
        assertEquals(name, set.name());
        assertEquals(scheme, set.scheme());
        assertEquals(
                Optional.of(new TensorSet.Refusal(reason, "take the whole checkpoint, with all its shards")),
                set.refusal());
    }

    @Test
    void whatOnlyLooksLikeIt() {
        assertEquals(
                List.of(),
                group(
                                part("l.weight", DType.F32, 4, 4),
                                part("l.weight_scale", DType.F32, 4, 1),
                                part("logit_scale", DType.F32, 1),
                                part("l.scales", DType.F32, 4),
                                part("image_blocks", DType.U8, 4, 4))
                        .sets());
    }

    @Test
    void codesWhoseScalesAreOfNoSuchShape() {
        assertEquals(
                "has codes of GPTQ or AWQ, and `l.scales` of a shape that does not go with them",
                group(part("l.qweight", DType.I32, 4, 4), part("l.scales", DType.F16, 4))
                        .sets()
                        .get(0)
                        .refusal()
                        .orElseThrow()
                        .reason());
    }
}
