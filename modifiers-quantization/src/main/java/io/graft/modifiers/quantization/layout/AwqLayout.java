package io.graft.modifiers.quantization.layout;

import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.permute;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.subtract;
import static io.graft.tensor.expression.Expressions.transpose;

import com.google.auto.service.AutoService;
import io.graft.checkpoint.layout.CheckpointLayout;
import io.graft.checkpoint.layout.Grouping;
import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.checkpoint.layout.Part;
import io.graft.checkpoint.layout.StoredTensors;
import io.graft.problem.Printable;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;

/**
 * AWQ, in the order of its GEMM kernel: {@code qweight} holds codes of 4 bits in words along the outputs, those of columns 0, 2, 4, 6,
 * 1, 3, 5, 7 from the lowest bits on; zero points lie in the same way, as they are.
 */
@AutoService(CheckpointLayout.class)
// A compiler that does not find AutoService leaves its annotation out.
@SuppressWarnings("exports")
public final class AwqLayout implements CheckpointLayout {
    private static final int BITS = 4;
    private static final long CODES = Integer.SIZE / BITS;

    /** As {@link java.util.ServiceLoader} needs it. */
    public AwqLayout() {}

    @Override
    public String id() {
        return "awq";
    }

    /** Whether codes lie along the outputs, by the shapes. */
    static boolean isAwq(Part codes, StoredTensors stored) {
        return codes.shape().rank() == 2
                && stored.sibling(codes, "scales")
                        .filter(scales -> scales.shape().rank() == 2
                                && scales.shape().dimension(1)
                                        == Math.multiplyExact(codes.shape().dimension(1), CODES)
                                && codes.shape().dimension(1) > 0)
                        .isPresent();
    }

    @Override
    public Grouping group(StoredTensors stored) {
        Quantization quantization = Quantization.of(stored.configuration());
        Findings found = new Findings("codes of AWQ", stored, quantization);
        for (Part part : stored.called("qweight")) {
            if (part.dtype() == DType.I32 && isAwq(part, stored)) {
                DType dtype = stored.sibling(part, "scales").orElseThrow().dtype();
                found.add(new Weight(stored, id(), "AWQ", part.sibling("weight"), part, dtype)
                        .set(weight -> value(weight, quantization)));
            }
        }
        return found.grouping();
    }

    private static Expression value(Weight weight, Quantization quantization) throws Misfit {
        long in = weight.codes().shape().dimension(0);
        long words = weight.codes().shape().dimension(1);
        Part scales = weight.require("scales");
        weight.is("AWQ, 4 bits", scales.dtype(), Shape.of(words * CODES, in));
        weight.find("g_idx");
        Part zeros = weight.require("qzeros");
        long groups = scales.shape().dimension(0);
        requireConfigured(quantization, groups, in);
        weight.requireShape(zeros, Shape.of(groups, words));
        Groups columns = Groups.even(groups, in);
        weight.is("AWQ, 4 bits, " + columns.words(), scales.dtype(), Shape.of(words * CODES, in));
        Expression numbers = outputs(weight.leaf(weight.codes()), in, words);
        Expression points = outputs(weight.leaf(zeros), groups, words);
        Expression steps = transpose(weight.leaf(scales));
        Affine.of(numbers, BITS, columns, steps).ifPresent(affine -> weight.are(affine.lessPoints(points)));
        return cast(multiply(subtract(numbers, columns.over(points)), columns.over(steps)), scales.dtype());
    }

    /** {@code [rows, words]} of eight outputs each as {@code [outputs, rows]}. */
    private static Expression outputs(Expression packed, long rows, long words) {
        Expression codes = Codes.ofEach(transpose(packed), BITS, false);
        Expression halves = reshape(codes, Shape.of(words, rows, 2, CODES / 2));
        return reshape(permute(halves, 0, 3, 2, 1), Shape.of(words * CODES, rows));
    }

    private static void requireConfigured(Quantization quantization, long groups, long in) throws Misfit {
        String version = ModelConfiguration.text(quantization.says(), "version").orElse("gemm");
        if (quantization.method().equals("gptq")) {
            throw Misfit.ofConfiguration(
                    "is AWQ by its shapes, with codes along the outputs, and config.json says that it is GPTQ");
        }
        if (!version.equalsIgnoreCase("gemm")) {
            throw Misfit.ofConfiguration(
                    "is in the order of GEMM by its shapes, and config.json says " + Printable.of(version));
        }
        long bits = ModelConfiguration.whole(quantization.says(), "bits").orElse((long) BITS);
        if (bits != BITS) {
            throw Misfit.ofConfiguration("has codes of 4 bits by its shapes, and config.json says " + bits);
        }
        long size = ModelConfiguration.whole(quantization.says(), "group_size").orElse(0L);
        long wanted = size == -1 ? 1 : size > 0 ? Groups.count(in, size) : groups;
        if (wanted != groups) {
            throw Misfit.ofConfiguration("has " + groups + " groups of scales, and config.json's group_size of " + size
                    + " asks for " + wanted + " over " + in + " inputs");
        }
    }
}
