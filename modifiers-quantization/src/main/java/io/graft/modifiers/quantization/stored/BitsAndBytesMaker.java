package io.graft.modifiers.quantization.stored;

import static io.graft.tensor.expression.Expressions.stored;

import com.google.auto.service.AutoService;
import io.graft.checkpoint.layout.Part;
import io.graft.checkpoint.layout.TensorSet;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.parametrization.StorageMaker;
import io.graft.modifiers.quantization.layout.BitsAndBytesState;
import io.graft.modifiers.quantization.layout.BitsAndBytesValue;
import io.graft.modifiers.quantization.scheme.DoubleQuantization;
import io.graft.modifiers.quantization.scheme.FourBits;
import io.graft.modifiers.quantization.scheme.Int8Rows;
import io.graft.modifiers.quantization.scheme.QuantizedWeight;
import io.graft.modifiers.quantization.scheme.Scheme;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.Map;
import java.util.Optional;

/** Other values for weights that a checkpoint holds in the keys of bitsandbytes. */
@AutoService(StorageMaker.class)
// A compiler that does not find AutoService leaves its annotation out.
@SuppressWarnings("exports")
public final class BitsAndBytesMaker implements StorageMaker {
    private static final String ID = "bitsandbytes";

    /** As {@link java.util.ServiceLoader} needs it. */
    public BitsAndBytesMaker() {}

    /** {@inheritDoc} Codes of four bits that lie as numbers of another type are not made anew. */
    @Override
    public boolean makes(TensorSet set) {
        DType codes = set.parts().get(0).dtype();
        return set.layout().equals(ID)
                && set.value().isPresent()
                && (BitsAndBytesState.of(set).isPresent() ? codes == DType.U8 : codes == DType.I8)
                && BitsAndBytesState.of(set)
                        .flatMap(BitsAndBytesState::nested)
                        .filter(nested -> nested.block() != DoubleQuantization.BLOCK)
                        .isEmpty();
    }

    @Override
    public Parametrization storage(TensorSet set, Map<String, LazyTensor> parts, LazyTensor values) {
        Optional<BitsAndBytesState> state = BitsAndBytesState.of(set);
        Scheme scheme = state.<Scheme>map(said -> new FourBits(
                        said.alphabet(), (int) said.block(), said.nested().isPresent()))
                .orElseGet(Int8Rows::new);
        Form form = new Form.Plain(set.value().orElseThrow());
        String last = set.slot(set.parts().get(0));
        StoredWeight.Again again = state.map(said -> nibbles(set, last, said, (FourBits) scheme))
                .orElseGet(() -> BitsAndBytesAgain.rows(last));
        QuantizedWeight now = new QuantizedWeight(set.name(), values, scheme, set.dtype(), Double.POSITIVE_INFINITY);
        return new StoredWeight(now, parts, form, Optional.empty(), again).requantized(values);
    }

    private static StoredWeight.Again nibbles(TensorSet set, String last, BitsAndBytesState said, FourBits scheme) {
        Expression absmax = leaf(set, last + ".absmax");
        Optional<LazyTensor> offset = said.nested()
                .map(nested -> LazyTensors.generate("offset", DType.F32, Shape.SCALAR, at -> nested.offset()));
        Expression scales = offset.map(mean -> BitsAndBytesValue.scales(
                        absmax,
                        leaf(set, last + ".nested_quant_map"),
                        leaf(set, last + ".nested_absmax"),
                        DoubleQuantization.BLOCK,
                        stored(mean)))
                .orElse(absmax);
        return BitsAndBytesAgain.nibbles(last, scheme, scales, offset);
    }

    private static Expression leaf(TensorSet set, String slot) {
        Part part = set.parts().stream()
                .filter(each -> set.slot(each).equals(slot))
                .findFirst()
                .orElseThrow();
        return TensorSet.leaf(set.name(), part);
    }
}
