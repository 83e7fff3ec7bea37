package io.graft.modifiers.quantization.layout;

import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.subtract;

import com.google.auto.service.AutoService;
import io.graft.checkpoint.layout.CheckpointLayout;
import io.graft.checkpoint.layout.Grouping;
import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.checkpoint.layout.Part;
import io.graft.checkpoint.layout.StoredTensors;
import io.graft.modifiers.quantization.layout.Quantization.Block;
import io.graft.modifiers.quantization.layout.Scales.Spread;
import io.graft.problem.Printable;
import io.graft.tensor.DType;
import io.graft.tensor.expression.Expression;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tensors of torchao in safetensors, as its plain classes lie there: {@code _weight_qdata} of 8 bits, {@code _weight_scale}, perhaps
 * {@code _weight_zero_point}; the metadata of the file tell the class, the block and the dtype.
 */
@AutoService(CheckpointLayout.class)
// A compiler that does not find AutoService leaves its annotation out.
@SuppressWarnings("exports")
public final class TorchaoLayout implements CheckpointLayout {
    private static final String QDATA = "_weight_qdata";
    private static final Set<String> PLAIN = Set.of("Int8Tensor", "Float8Tensor", "IntxUnpackedToInt8Tensor");
    private static final Set<DType> CODES = Set.of(DType.I8, DType.F8_E4M3, DType.F8_E5M2);

    /** As {@link java.util.ServiceLoader} needs it. */
    public TorchaoLayout() {}

    @Override
    public String id() {
        return "torchao";
    }

    @Override
    public Grouping group(StoredTensors stored) {
        Quantization quantization = Quantization.of(stored.configuration());
        Findings found = new Findings("codes of torchao", stored, quantization);
        for (Part part : stored.called(QDATA)) {
            if (stored.sibling(part, "_weight_scale").isPresent()) {
                String name = part.sibling("weight");
                Map<String, Object> says = Optional.ofNullable(stored.metadata().get(name))
                        .flatMap(ModelConfiguration::parse)
                        .orElse(Map.of());
                found.add(new Weight(stored, id(), "codes of torchao", name, part, quantization.dtype())
                        .set(weight -> value(weight, says)));
            }
        }
        return found.grouping();
    }

    private static Expression value(Weight weight, Map<String, Object> says) throws Misfit {
        Part codes = weight.codes();
        Part scale = weight.require("_weight_scale");
        Optional<Part> zero = weight.find("_weight_zero_point");
        String type = ModelConfiguration.text(says, "_type").orElse("");
        if (type.isEmpty()) {
            throw Misfit.incomplete("is codes of torchao, and the metadata of the file do not tell their class");
        }
        if (!PLAIN.contains(type) || !CODES.contains(codes.dtype())) {
            throw Misfit.unread("is stored as " + Printable.of(type) + " of torchao in " + codes.dtype()
                    + ", which Graft does not read");
        }
        Map<String, Object> data = ModelConfiguration.object(says, "_data").orElse(Map.of());
        DType dtype = ModelConfiguration.object(data, "dtype")
                .flatMap(each -> ModelConfiguration.dtype(each, "_data"))
                .orElse(scale.dtype());
        Optional<Block> block = ModelConfiguration.wholes(data, "block_size")
                .map(sizes -> sizes.subList(Math.max(0, sizes.size() - 2), sizes.size()))
                .flatMap(Block::of);
        Spread spread = new Scales(codes, scale, block).spread(weight.name());
        weight.is("torchao " + type + ", " + spread.words(), dtype, codes.shape());
        Expression numbers = weight.leaf(codes);
        if (zero.isPresent()) {
            weight.requireShape(zero.get(), scale.shape());
            Expression points =
                    new Scales(codes, zero.get(), block).spread(weight.name()).scales();
            spread.ofBytes(numbers, points).ifPresent(weight::are);
            numbers = cast(subtract(numbers, points), dtype);
        } else {
            spread.ofBytes(numbers).ifPresent(weight::are);
        }
        return cast(multiply(numbers, spread.scales()), dtype);
    }
}
