package io.graft.modifiers.quantization.layout;

import io.graft.checkpoint.layout.Part;
import io.graft.checkpoint.layout.TensorSet;
import io.graft.modifiers.quantization.layout.Scales.Spread;
import io.graft.tensor.DType;
import io.graft.tensor.expression.Expression;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What codes times scales are: made once for all weights that are alike, since a model has thousands of them and a few kinds. */
final class Products {
    private final Quantization quantization;
    private final Map<List<Object>, Product> made = new HashMap<>();

    Products(Quantization quantization) {
        this.quantization = quantization;
    }

    /** How weights of a kind are stored, for people, and what they are. */
    record Product(String scheme, Expression value) {}

    /** The product of codes and the scale in their module. */
    Product of(Part codes, Part scale) throws Misfit {
        List<Object> kind =
                List.of(codes.last(), codes.dtype(), codes.shape(), scale.last(), scale.dtype(), scale.shape());
        Product known = made.get(kind);
        if (known != null) {
            return known;
        }
        Spread spread = new Scales(codes, scale, quantization.block()).spread(codes.name());
        Product product = new Product(
                format(codes, scale) + ", " + spread.words(),
                Scales.product(TensorSet.leaf(codes.name(), codes), spread.scales(), dtype(scale)));
        made.put(kind, product);
        return product;
    }

    static String format(Part codes, Part scale) {
        return scale.dtype() == DType.U8 ? "MXFP8" : codes.dtype() == DType.F8_E5M2 ? "FP8 (E5M2)" : "FP8";
    }

    /** The dtype of a product. What compressed-tensors gives is of the scale's. */
    DType dtype(Part scale) {
        boolean isScales = quantization.method().equals("compressed-tensors")
                || (!quantization.isPresent() && scale.dtype() == DType.F16);
        boolean isFloat = scale.dtype().isFloatingPoint() && scale.dtype().bits() > Byte.SIZE;
        return isScales && isFloat ? scale.dtype() : quantization.dtype();
    }
}
