package io.graft.modifiers.quantization.stored;

import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.lookup;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.subtract;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.layout.Part;
import io.graft.checkpoint.layout.TensorSet;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.tensor.expression.Expression;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Weights that no fixture has and that no other values can be put into. */
class RefusedSetsTest {
    private static final Shape MATRIX = Shape.of(2, 4);
    private static final Shape ROWS = Shape.of(2, 1);

    private static Part part(String last, DType dtype, Shape shape) {
        return new Part("m." + last, dtype, shape, TensorData.of(ByteBuffer.allocate((int) dtype.byteCount(shape))));
    }

    private static Expression leaf(Part part) {
        return TensorSet.leaf("m.weight", part);
    }

    private static void refused(FoundLayout layout, TensorSet set, String why) {
        FoundSet found = new FoundSet(set);
        assertEquals(
                "is stored as some numbers, and " + why,
                assertThrows(IllegalArgumentException.class, () -> layout.recipe(found))
                        .getMessage());
    }

    private static TensorSet torchao(Part codes, Part scale, DType result) {
        Expression product = cast(multiply(leaf(codes), leaf(scale)), result);
        return TensorSet.of("torchao", "some numbers", "m.weight", List.of(codes, scale), product);
    }

    @Test
    void torchao() {
        String kinds = "Graft makes integers with a scale for each row and no zero points";
        FoundTorchao layout = new FoundTorchao();
        Part codes = part("_weight_qdata", DType.I8, MATRIX);
        Part scale = part("_weight_scale", DType.F32, ROWS);
        refused(layout, torchao(part("_weight_qdata", DType.F8_E4M3, MATRIX), scale, DType.BF16), kinds);
        refused(layout, torchao(codes, part("_weight_scale", DType.F32, Shape.of(1, 1)), DType.BF16), kinds);
        Part zero = part("_weight_zero_point", DType.I8, ROWS);
        refused(
                layout,
                TensorSet.of(
                        "torchao",
                        "some numbers",
                        "m.weight",
                        List.of(codes, scale, zero),
                        multiply(subtract(leaf(codes), leaf(zero)), leaf(scale))),
                kinds);
        refused(
                layout,
                torchao(codes, part("_weight_scale", DType.F16, ROWS), DType.BF16),
                "its scales are F16, which do not hold those of values of BF16");
    }

    @Test
    void comfy() {
        Part codes = part("weight", DType.F8_E4M3, MATRIX);
        Part scale = part("scale_weight", DType.BF16, Shape.of(1));
        Expression product = cast(multiply(leaf(codes), reshape(leaf(scale), Shape.SCALAR)), DType.BF16);
        TensorSet set = TensorSet.of("comfyui", "some numbers", "m.weight", List.of(codes, scale), product)
                .with(Map.of("format", "F8_E4M3"));
        refused(new FoundComfy(), set, "Graft makes a scale of F32, and `scale_weight` is BF16");
        refused(
                new FoundComfy(),
                set.with(Map.of()),
                "Graft makes 8-bit floating-point numbers of matrices with one scale");
    }

    @Test
    void gptqWithAWideIndex() {
        Part codes = part("qweight", DType.I32, Shape.of(1, 8));
        Part zeros = part("qzeros", DType.I32, Shape.of(1, 1));
        Part scales = part("scales", DType.F16, Shape.of(1, 8));
        Part index = part("g_idx", DType.I64, Shape.of(8));
        // What it is computed with is of no matter here, but that the index is.
        Expression value = cast(multiply(lookup(leaf(scales), leaf(index)), leaf(codes)), DType.F16);
        TensorSet set = TensorSet.of("gptq", "some numbers", "m.weight", List.of(codes, zeros, scales, index), value)
                .with(Map.of("bits", "4", "sym", "true", "checkpoint_format", "gptq"));
        refused(new FoundGptq(), set, "Graft takes an index of I32, and `m.g_idx` is I64");
    }
}
