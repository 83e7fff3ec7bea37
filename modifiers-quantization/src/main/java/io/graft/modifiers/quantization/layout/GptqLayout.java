package io.graft.modifiers.quantization.layout;

import static io.graft.tensor.expression.Expressions.add;
import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.constant;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.slice;
import static io.graft.tensor.expression.Expressions.subtract;
import static io.graft.tensor.expression.Expressions.transpose;

import com.google.auto.service.AutoService;
import io.graft.checkpoint.layout.CheckpointLayout;
import io.graft.checkpoint.layout.Grouping;
import io.graft.checkpoint.layout.Part;
import io.graft.checkpoint.layout.StoredTensors;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.Optional;

/**
 * GPTQ: {@code qweight} holds codes of 2 to 8 bits in words along the inputs, {@code qzeros} and {@code scales} those of each group of
 * inputs, {@code g_idx} the group of each. In version 1 a zero point is stored less one, in version 2 as it is; where the zero points
 * tell the version and the configuration another, they count.
 */
@AutoService(CheckpointLayout.class)
// A compiler that does not find AutoService leaves its annotation out.
@SuppressWarnings("exports")
public final class GptqLayout implements CheckpointLayout {
    /** The setting that tells the bits of a code. */
    public static final String BITS = "bits";

    /** The setting that tells how zero points are stored: {@link #LESS_ONE}, or {@link #AS_THEY_ARE}. */
    public static final String FORMAT = "checkpoint_format";

    /** Version 1, in which a zero point is stored less one. */
    public static final String LESS_ONE = "gptq";

    /** Version 2. */
    public static final String AS_THEY_ARE = "gptq_v2";

    /** The setting that tells whether all zero points are the middle of the codes. */
    public static final String SYMMETRIC = "sym";

    /** As {@link java.util.ServiceLoader} needs it. */
    public GptqLayout() {}

    @Override
    public String id() {
        return "gptq";
    }

    @Override
    public Grouping group(StoredTensors stored) {
        GptqSettings settings = GptqSettings.of(stored.configuration());
        Findings found = new Findings("codes of GPTQ", stored, settings.quantization());
        for (Part part : stored.called("qweight")) {
            if (part.dtype() == DType.I32 && !AwqLayout.isAwq(part, stored)) {
                stored.sibling(part, "scales")
                        .ifPresent(scales ->
                                found.add(new Weight(stored, id(), "GPTQ", part.sibling("weight"), part, scales.dtype())
                                        .set(weight -> value(weight, scales, settings, found))));
            }
        }
        return found.grouping();
    }

    private static Expression value(Weight weight, Part scales, GptqSettings settings, Findings found) throws Misfit {
        Part codes = weight.codes();
        Part zeros = weight.require("qzeros");
        weight.require("scales");
        Optional<Part> index = weight.find("g_idx");
        if (codes.shape().rank() != 2 || scales.shape().rank() != 2) {
            throw Misfit.ofShape(
                    "is GPTQ with qweight of " + codes.shape() + " and scales of " + scales.shape() + ", no matrices");
        }
        long words = codes.shape().dimension(0);
        long out = codes.shape().dimension(1);
        if (scales.shape().dimension(1) != out) {
            throw Misfit.ofShape("has codes of " + out + " outputs and scales of "
                    + scales.shape().dimension(1) + ": neither GPTQ nor AWQ");
        }
        settings.requireGptq();
        int bits = settings.bits(words, index);
        long in = index.map(each -> each.shape().elementCount()).orElse(words * Integer.SIZE / bits);
        weight.is("GPTQ, " + bits + " bits", scales.dtype(), Shape.of(out, in));
        long groups = scales.shape().dimension(0);
        weight.requireShape(zeros, Shape.of(groups, Groups.count(Math.multiplyExact(out, bits), Integer.SIZE)));
        Groups columns = settings.groups(weight, index, groups, in, found);
        GptqSettings.Zeros points = settings.zeros(weight.name(), zeros, bits, out, found);
        weight.has(BITS, bits);
        weight.has(FORMAT, points.areLessOne() ? LESS_ONE : AS_THEY_ARE);
        weight.has(SYMMETRIC, points.areMiddle());
        weight.is("GPTQ, " + bits + " bits, " + columns.words(), scales.dtype(), Shape.of(out, in));
        Expression zeroPoints = zeroPoints(weight.leaf(zeros), bits, out, points.areLessOne());
        Expression numbers = Codes.lowFirst(transpose(weight.leaf(codes)), bits, in);
        Expression steps = transpose(weight.leaf(scales));
        Affine.of(numbers, bits, columns, steps)
                .ifPresent(affine -> weight.are(affine.lessPoints(transpose(zeroPoints))));
        Expression differences = subtract(numbers, columns.over(transpose(zeroPoints)));
        return cast(multiply(differences, columns.over(steps)), scales.dtype());
    }

    /**
     * The zero points that words stand for, from 0 on, {@code [groups, outputs]}.
     *
     * @param areLessOne whether each is stored less one
     */
    public static Expression zeroPoints(Expression words, int bits, long outputs, boolean areLessOne) {
        Expression stored = Codes.lowFirst(words, bits, outputs);
        return areLessOne ? oneMore(stored, bits) : stored;
    }

    /** Zero points that are stored less one, each within its own bits. */
    private static Expression oneMore(Expression stored, int bits) {
        int last = stored.shape().rank();
        Expression fields = Codes.ofEach(cast(add(stored, constant(1)), DType.I32), bits, false);
        return reshape(slice(fields, last, 0, 1), stored.shape());
    }
}
