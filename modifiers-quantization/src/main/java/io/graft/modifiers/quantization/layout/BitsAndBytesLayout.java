package io.graft.modifiers.quantization.layout;

import static io.graft.tensor.expression.Expressions.constant;

import com.google.auto.service.AutoService;
import io.graft.checkpoint.layout.CheckpointLayout;
import io.graft.checkpoint.layout.Grouping;
import io.graft.checkpoint.layout.Part;
import io.graft.checkpoint.layout.StoredTensors;
import io.graft.model.parametrization.Form;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What bitsandbytes saves: four bits a weight ({@code nf4}, {@code fp4}) in blocks of the flattened tensor, whose largest magnitudes
 * may be codes themselves (double quantization), with a description in JSON; and int8 with the largest magnitude of each row in {@code
 * SCB}.
 */
@AutoService(CheckpointLayout.class)
// A compiler that does not find AutoService leaves its annotation out.
@SuppressWarnings("exports")
public final class BitsAndBytesLayout implements CheckpointLayout {
    private static final String STATE = BitsAndBytesState.KEY;
    private static final List<String> MEMBERS = List.of(".absmax", ".quant_map", ".nested_absmax", ".nested_quant_map");
    private static final Set<DType> STORAGE = Set.of(DType.U8, DType.BF16, DType.F16, DType.F32);

    /** As {@link java.util.ServiceLoader} needs it. */
    public BitsAndBytesLayout() {}

    @Override
    public String id() {
        return "bitsandbytes";
    }

    @Override
    public Grouping group(StoredTensors stored) {
        if (stored.lasts().stream().noneMatch(BitsAndBytesLayout::isMember)) {
            return Grouping.NONE;
        }
        Quantization quantization = Quantization.of(stored.configuration());
        Findings found = new Findings("codes of bitsandbytes", stored, quantization);
        Map<String, List<Part>> states = new HashMap<>();
        for (Part part : stored.all()) {
            int at = part.name().indexOf(STATE);
            if (at > 0) {
                states.computeIfAbsent(part.name().substring(0, at), key -> new ArrayList<>())
                        .add(part);
            }
        }
        for (Part part : stored.all()) {
            boolean isNibbles = states.containsKey(part.name())
                    || (stored.find(part.name() + ".absmax").isPresent()
                            && stored.find(part.name() + ".quant_map").isPresent());
            if (isNibbles && STORAGE.contains(part.dtype())) {
                Weight weight = new Weight(stored, id(), "bitsandbytes 4-bit", part.name(), part, quantization.dtype());
                List<Part> described = states.getOrDefault(part.name(), List.of());
                MEMBERS.forEach(member -> weight.take(part.name() + member));
                found.add(weight.with(described).set(self -> nibbles(self, described)));
            } else if (part.dtype() == DType.I8
                    && part.last().equals("weight")
                    && stored.sibling(part, "SCB").isPresent()) {
                found.add(new Weight(stored, id(), "bitsandbytes int8", part.name(), part, DType.F32)
                        .set(BitsAndBytesLayout::rows));
            }
        }
        return found.grouping();
    }

    /** Whether the last of a name is one that lies beside codes of this layout, and beside no others. */
    private static boolean isMember(String last) {
        return last.equals("absmax") || last.equals("SCB") || last.startsWith("bitsandbytes__");
    }

    private static Expression rows(Weight weight) throws Misfit {
        Part scales = weight.require("SCB");
        Optional<Part> format = weight.find("weight_format");
        if (format.isPresent()) {
            Optional<Long> order = Peek.whole(format.get());
            if (order.isEmpty() || order.get() != 0) {
                throw Misfit.unread("is bitsandbytes int8 with a weight_format of "
                        + order.map(String::valueOf).orElse("no number") + ", an order of GPU tiles and not of rows");
            }
        }
        Shape shape = weight.codes().shape();
        if (shape.rank() != 2) {
            throw Misfit.ofShape("is bitsandbytes int8 of the shape " + shape + ", which is no matrix");
        }
        weight.requireShape(scales, Shape.of(shape.dimension(0)));
        Form.ScaledCodes form = BitsAndBytesValue.rows(
                weight.leaf(weight.codes()), weight.leaf(scales), Form.ScaledCodes.Kernel.FASTEST);
        weight.are(form.integers());
        return form.value();
    }

    private static Expression nibbles(Weight weight, List<Part> states) throws Misfit {
        Part codes = weight.codes();
        BitsAndBytesState state = BitsAndBytesState.of(codes.name(), states);
        weight.is("bitsandbytes " + state.alphabet().word(), state.dtype(), state.shape());
        long count = state.shape().elementCount();
        long bytes = count / 2 + count % 2;
        if (codes.data().byteCount() != bytes) {
            throw Misfit.ofShape("has " + codes.data().byteCount() + " bytes of codes, and a description of "
                    + state.shape() + " that takes " + bytes);
        }
        Optional<Part> map = weight.take(codes.name() + ".quant_map");
        if (map.isPresent() && !Peek.holds(map.get(), state.alphabet().numbers())) {
            throw Misfit.unread(
                    "has a quant_map that is not that of " + state.alphabet().word());
        }
        long blocks = count / state.block() + (count % state.block() == 0 ? 0 : 1);
        return BitsAndBytesValue.nibbles(
                state.alphabet(),
                weight.bytes(codes),
                scales(weight, state, blocks),
                state.block(),
                state.shape(),
                state.dtype());
    }

    /** The largest magnitude of each block. */
    private static Expression scales(Weight weight, BitsAndBytesState state, long blocks) throws Misfit {
        Part largest = weight.require(weight.codes().last() + ".absmax");
        Optional<Part> nested = weight.take(weight.codes().name() + ".nested_absmax");
        Optional<Part> map = weight.take(weight.codes().name() + ".nested_quant_map");
        weight.requireShape(largest, Shape.of(blocks));
        boolean areCodes = largest.dtype() == DType.U8;
        if (areCodes != state.nested().isPresent() || areCodes != nested.isPresent() || areCodes != map.isPresent()) {
            throw Misfit.incomplete("has " + (areCodes ? "codes" : "numbers") + " as `" + largest.name() + "`, and "
                    + (nested.isPresent() && map.isPresent() && state.nested().isPresent() ? "" : "not ")
                    + "all of nested_absmax, nested_quant_map and their description");
        }
        if (!areCodes) {
            return weight.leaf(largest);
        }
        long size = state.nested().get().block();
        weight.requireShape(map.get(), Shape.of(1 << Byte.SIZE));
        weight.requireShape(nested.get(), Shape.of(blocks / size + (blocks % size == 0 ? 0 : 1)));
        return BitsAndBytesValue.scales(
                weight.leaf(largest),
                weight.leaf(map.get()),
                weight.leaf(nested.get()),
                size,
                constant(state.nested().get().offset()));
    }
}
