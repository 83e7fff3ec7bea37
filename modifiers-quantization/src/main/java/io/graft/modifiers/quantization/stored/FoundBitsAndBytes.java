package io.graft.modifiers.quantization.stored;

import static io.graft.tensor.expression.Expressions.stored;

import io.graft.modifiers.quantization.layout.BitsAndBytesState;
import io.graft.modifiers.quantization.layout.BitsAndBytesValue;
import io.graft.modifiers.quantization.scheme.DoubleQuantization;
import io.graft.modifiers.quantization.scheme.FourBits;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.Optional;

/** The keys of bitsandbytes: int8, and nf4 and fp4 in bytes. */
final class FoundBitsAndBytes implements FoundLayout {
    @Override
    public String id() {
        return "bitsandbytes";
    }

    @Override
    public Recipe recipe(FoundSet set) {
        Optional<BitsAndBytesState> state = BitsAndBytesState.of(set.set());
        DType codes = set.known(set.codes()).dtype();
        if (codes != (state.isPresent() ? DType.U8 : DType.I8)) {
            throw set.refused("its codes lie there as " + codes + ", in which Graft puts none");
        }
        return state.map(said -> nibbles(set, said))
                .orElseGet(() -> BitsAndBytesParts.rows(set.codes(), set.shape(), set.leaf("SCB")));
    }

    private static Recipe nibbles(FoundSet set, BitsAndBytesState said) {
        String last = set.codes();
        FourBits scheme =
                new FourBits(said.alphabet(), (int) said.block(), said.nested().isPresent());
        Shape bytes = set.known(last).shape();
        Expression.Owned absmax = set.leaf(last + ".absmax");
        if (said.nested().isEmpty()) {
            return BitsAndBytesParts.nibbles(last, scheme, bytes, absmax);
        }
        BitsAndBytesState.Nested nested = said.nested().get();
        if (nested.block() != DoubleQuantization.BLOCK) {
            throw set.refused("its scales are codes in blocks of " + nested.block() + ", of which Graft makes "
                    + DoubleQuantization.BLOCK);
        }
        LazyTensor offset = LazyTensors.generate("offset", DType.F32, Shape.SCALAR, at -> nested.offset());
        Expression scales = BitsAndBytesValue.scales(
                absmax,
                set.leaf(last + ".nested_quant_map"),
                set.leaf(last + ".nested_absmax"),
                DoubleQuantization.BLOCK,
                stored(offset));
        return BitsAndBytesParts.nibbles(last, scheme, bytes, scales, offset);
    }
}
