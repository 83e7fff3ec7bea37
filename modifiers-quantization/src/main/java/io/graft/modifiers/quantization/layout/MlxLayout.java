package io.graft.modifiers.quantization.layout;

import static io.graft.tensor.expression.Expressions.add;
import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.multiply;

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
import java.util.Map;
import java.util.Optional;

/**
 * Affine codes of MLX: {@code weight} holds codes of 2 to 8 bits in words, {@code scales} and {@code biases} what a group of columns
 * is multiplied by and what is added. Embeddings have them, too.
 */
@AutoService(CheckpointLayout.class)
// A compiler that does not find AutoService leaves its annotation out.
@SuppressWarnings("exports")
public final class MlxLayout implements CheckpointLayout {
    /** The setting that tells the bits of a code. */
    public static final String BITS = "bits";

    /** As {@link java.util.ServiceLoader} needs it. */
    public MlxLayout() {}

    @Override
    public String id() {
        return "mlx";
    }

    @Override
    public Grouping group(StoredTensors stored) {
        Quantization quantization = Quantization.of(stored.configuration());
        Map<String, Object> says = ModelConfiguration.object(
                        stored.configuration().values(), "quantization")
                .orElse(quantization.says());
        Findings found = new Findings("codes of MLX", stored, quantization);
        for (Part part : stored.called("weight")) {
            Optional<Part> scales = stored.sibling(part, "scales");
            if (part.dtype() == DType.U32
                    && scales.isPresent()
                    && stored.sibling(part, "biases").isPresent()) {
                Map<String, Object> own =
                        ModelConfiguration.object(says, part.module()).orElse(says);
                found.add(new Weight(
                                stored,
                                id(),
                                "codes of MLX",
                                part.name(),
                                part,
                                scales.get().dtype())
                        .set(weight -> value(weight, own)));
            }
        }
        return found.grouping();
    }

    private static Expression value(Weight weight, Map<String, Object> says) throws Misfit {
        Shape words = weight.codes().shape();
        Part scales = weight.require("scales");
        Part biases = weight.require("biases");
        String mode = ModelConfiguration.text(says, "mode").orElse("affine");
        if (!mode.equals("affine")) {
            throw Misfit.unread("is stored in the mode " + Printable.of(mode) + " of MLX, which Graft does not read");
        }
        int last = words.rank() - 1;
        if (last < 1 || scales.shape().rank() != words.rank()) {
            throw Misfit.ofShape("has codes of " + words + " and scales of " + scales.shape() + ", no matrices");
        }
        long groups = scales.shape().dimension(last);
        long bitsOfRow = Math.multiplyExact(words.dimension(last), (long) Integer.SIZE);
        long size = ModelConfiguration.whole(says, "group_size")
                .filter(each -> each > 0)
                .orElse(64L);
        long bits = ModelConfiguration.whole(says, BITS)
                .filter(each -> each > 0 && each <= Byte.SIZE)
                .orElse(4L);
        long columns = Math.multiplyExact(groups, size);
        if (Math.multiplyExact(columns, bits) != bitsOfRow) {
            throw Misfit.ofConfiguration("has " + words.dimension(last) + " words and " + groups
                    + " groups in a row, and config.json says groups of " + size + " codes of " + bits + " bits");
        }
        weight.is(bits + "-bit codes of MLX, groups of " + size, scales.dtype(), words.with(last, columns));
        weight.has(BITS, bits);
        weight.requireShape(scales, words.with(last, groups));
        weight.requireShape(biases, words.with(last, groups));
        Groups spread = Groups.of(size, columns);
        Expression numbers = Codes.lowFirst(weight.leaf(weight.codes()), (int) bits, columns);
        Affine.of(numbers, (int) bits, spread, weight.leaf(scales))
                .ifPresent(affine -> weight.are(affine.plus(weight.leaf(biases))));
        Expression scaled = multiply(numbers, spread.over(weight.leaf(scales)));
        return cast(add(scaled, spread.over(weight.leaf(biases))), scales.dtype());
    }
}
