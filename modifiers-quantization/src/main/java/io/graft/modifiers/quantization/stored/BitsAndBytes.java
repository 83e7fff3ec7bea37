package io.graft.modifiers.quantization.stored;

import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.stored;

import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.Parametrization;
import io.graft.modifiers.quantization.layout.BitsAndBytesValue;
import io.graft.modifiers.quantization.options.QuantizationScheme;
import io.graft.modifiers.quantization.options.WeightSettings;
import io.graft.modifiers.quantization.scheme.DoubleQuantization;
import io.graft.modifiers.quantization.scheme.FourBits;
import io.graft.modifiers.quantization.scheme.Int8Rows;
import io.graft.modifiers.quantization.scheme.Nibbles;
import io.graft.modifiers.quantization.scheme.Packing;
import io.graft.modifiers.quantization.scheme.QuantizedWeight;
import io.graft.modifiers.quantization.scheme.Scheme;
import io.graft.modifiers.quantization.stored.packing.HighFirst;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The keys of bitsandbytes, as transformers saves and opens them. */
final class BitsAndBytes implements StoredLayout {
    private static final int USUAL_BLOCK = 64;

    @Override
    public Set<QuantizationScheme> schemes() {
        return Set.of(
                QuantizationScheme.INT8,
                QuantizationScheme.INT8_DYNAMIC,
                QuantizationScheme.NF4,
                QuantizationScheme.FP4);
    }

    @Override
    public Scheme scheme(WeightSettings settings) {
        if (!settings.isSymmetric()) {
            throw new IllegalArgumentException("bitsandbytes has no zero points");
        }
        if (isFourBits(settings)) {
            Nibbles alphabet = settings.scheme() == QuantizationScheme.NF4 ? Nibbles.NF4 : Nibbles.FP4;
            return new FourBits(alphabet, settings.groupSize().orElse(USUAL_BLOCK), settings.isDouble());
        }
        if (settings.groupSize().isPresent()) {
            throw new IllegalArgumentException("int8 of bitsandbytes has a scale for each row, and no groups of "
                    + settings.groupSize().get());
        }
        if (settings.isDouble()) {
            throw new IllegalArgumentException("int8 of bitsandbytes keeps its scales as they are");
        }
        return new Int8Rows();
    }

    @Override
    public DType result(WeightSettings settings, DType weight) {
        if (isFourBits(settings)) {
            return settings.computeDtype().orElse(weight);
        }
        if (settings.computeDtype().filter(dtype -> dtype != DType.F32).isPresent()) {
            throw new IllegalArgumentException("int8 of bitsandbytes stands for values of F32, and not of "
                    + settings.computeDtype().get());
        }
        return DType.F32;
    }

    private static boolean isFourBits(WeightSettings settings) {
        return settings.scheme() == QuantizationScheme.NF4 || settings.scheme() == QuantizationScheme.FP4;
    }

    @Override
    public Parametrization store(String last, QuantizedWeight weight, WeightSettings settings) {
        return weight.scheme() instanceof FourBits scheme
                ? nibbles(last, weight, scheme)
                : rows(last, weight, settings.kernel());
    }

    private static Parametrization rows(String last, QuantizedWeight weight, Form.ScaledCodes.Kernel kernel) {
        if (!last.equals("weight")) {
            throw new IllegalArgumentException("is called `" + last + "`, and int8 of bitsandbytes is of a `weight`");
        }
        Map<String, LazyTensor> stored = new LinkedHashMap<>();
        stored.put(last, weight.codes(DType.I8, weight.shape(), Packing.single()));
        stored.put("SCB", Numbers.scales("largest magnitudes", weight));
        stored.put("weight_format", LazyTensors.generate("order of rows", DType.U8, Shape.SCALAR, place -> 0));
        Form form = BitsAndBytesValue.rows(StoredWeight.leaf(stored, last), StoredWeight.leaf(stored, "SCB"), kernel);
        return new StoredWeight(
                weight,
                stored,
                form,
                Optional.of(BitsAndBytesConfiguration.EIGHT_BITS),
                BitsAndBytesParts.rows(last, weight.shape(), StoredWeight.leaf(stored, "SCB")));
    }

    private static Parametrization nibbles(String last, QuantizedWeight weight, FourBits scheme) {
        long count = weight.shape().elementCount();
        HighFirst packing = new HighFirst(scheme.alphabet());
        Map<String, LazyTensor> stored = new LinkedHashMap<>();
        Shape codes = Shape.of(packing.bytes(count), 1);
        stored.put(last, weight.codes(DType.U8, codes, packing));
        String absmax = last + ".absmax";
        Expression scales;
        Optional<LazyTensor> mean = Optional.empty();
        QuantizationState state = new QuantizationState(scheme, weight.result(), weight.shape());
        String key = last + ".quant_state.bitsandbytes__" + scheme.id();
        stored.put(
                last + ".quant_map",
                Numbers.of("codes of " + scheme.id(), scheme.alphabet().numbers()));
        if (scheme.isDouble()) {
            Kept offset = new Kept(weight.ofScales(
                    "mean of largest magnitudes",
                    DType.F32,
                    Shape.SCALAR,
                    all -> Numbers.bytes(DoubleQuantization.of(all).offset())));
            mean = Optional.of(offset);
            stored.put(absmax, Numbers.codesOfScales(weight));
            stored.put(last + ".nested_absmax", Numbers.scalesOfScales(weight));
            stored.put(last + ".nested_quant_map", Numbers.of("codes of scales", DoubleQuantization.numbers()));
            stored.put(key, state.nested(offset));
            scales = BitsAndBytesValue.scales(
                    StoredWeight.leaf(stored, absmax),
                    StoredWeight.leaf(stored, last + ".nested_quant_map"),
                    StoredWeight.leaf(stored, last + ".nested_absmax"),
                    DoubleQuantization.BLOCK,
                    stored(offset));
        } else {
            stored.put(absmax, Numbers.scales("largest magnitudes", weight));
            stored.put(key, state.plain());
            scales = StoredWeight.leaf(stored, absmax);
        }
        Expression bytes = reshape(StoredWeight.leaf(stored, last), Shape.of(packing.bytes(count)));
        Form form = new Form.Plain(BitsAndBytesValue.nibbles(
                scheme.alphabet(), bytes, scales, scheme.block(), weight.shape(), weight.result()));
        return new StoredWeight(
                weight,
                stored,
                form,
                Optional.of(BitsAndBytesConfiguration.fourBits(scheme, weight.result())),
                mean.map(offset -> BitsAndBytesParts.nibbles(last, scheme, codes, scales, offset))
                        .orElseGet(() -> BitsAndBytesParts.nibbles(last, scheme, codes, scales)));
    }
}
