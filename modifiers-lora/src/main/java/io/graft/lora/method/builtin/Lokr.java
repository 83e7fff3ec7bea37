package io.graft.lora.method.builtin;

import static io.graft.tensor.expression.Expressions.add;
import static io.graft.tensor.expression.Expressions.constant;
import static io.graft.tensor.expression.Expressions.matMul;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.permute;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.transpose;

import com.google.auto.service.AutoService;
import io.graft.layer.LayerKind;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.lora.method.AdaptedTensor;
import io.graft.lora.method.AdapterMethod;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Sharing;
import io.graft.tensor.Initializer;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * LoKr: a weight plus {@code alpha / r * kron(w1, w2)}, the Kronecker product of two small matrices, each of which may be a product of two
 * factors; of a convolution, {@code w2} has the kernel. PEFT takes the product of a convolution over one axis over other axes where
 * {@code w2} is no product, and so does this: what its adapters were trained to.
 *
 * @see <a href="https://arxiv.org/abs/2309.14859">Navigating Text-To-Image Customization: From LyCORIS Fine-Tuning to Model Evaluation</a>
 */
@AutoService(AdapterMethod.class)
public final class Lokr implements AdapterMethod {
    private static final Initializer KAIMING = Initializer.of(Initializer.Kind.LINEAR);
    private static final Initializer ZEROS = Initializer.of(Initializer.Kind.ZEROS);

    /** As {@link java.util.ServiceLoader} makes it. */
    public Lokr() {}

    /** A number as a product of two, the first of which is no larger. */
    record Two(long small, long large) {
        /** As LyCORIS divides it: by the factor if that is a divisor, else by the divisor that is nearest to the root and not above it. */
        static Two of(long number, long factor) {
            if (factor > 0 && number % factor == 0) {
                return new Two(factor, number / factor);
            }
            long most = factor == -1 ? number : factor;
            long small = 1;
            long large = number;
            while (small < large) {
                long next = small + 1;
                while (number % next != 0) {
                    next++;
                }
                if (next + number / next > 1 + number || next > most) {
                    break;
                }
                small = next;
                large = number / next;
            }
            return small > large ? new Two(large, small) : new Two(small, large);
        }
    }

    @Override
    public String peftType() {
        return "LOKR";
    }

    @Override
    public Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("r", 8L);
        settings.put("alpha", 8L);
        settings.put("rank_dropout", 0.0);
        settings.put("module_dropout", 0.0);
        settings.put("use_effective_conv2d", false);
        settings.put("decompose_both", false);
        settings.put("decompose_factor", -1L);
        settings.put("rank_dropout_scale", false);
        settings.put("init_weights", true);
        return settings;
    }

    @Override
    public Set<String> slots() {
        return Set.of("lokr_w1", "lokr_w1_a", "lokr_w1_b", "lokr_w2", "lokr_w2_a", "lokr_w2_b", "lokr_t2");
    }

    @Override
    public Optional<String> refusal(AdapterSettings settings) {
        settings.positive("r");
        settings.number("alpha");
        settings.flag("use_effective_conv2d");
        settings.flag("decompose_both");
        if (settings.number("rank_dropout") > 0 || settings.number("module_dropout") > 0) {
            return Optional.of("has no `rank_dropout` and `module_dropout` in training here");
        }
        Object init = settings.get("init_weights");
        if (!(init instanceof Boolean) && !"lycoris".equals(init)) {
            return Optional.of("starts by `init_weights` true, false or lycoris, not " + init);
        }
        double factor = settings.number("decompose_factor");
        return factor == Math.rint(factor) && (factor == -1 || factor > 0)
                ? Optional.empty()
                : Optional.of("takes a whole `decompose_factor` above 0, or -1, not " + AdapterSettings.plain(factor));
    }

    @Override
    public Optional<String> refusal(AdaptedTensor weight) {
        return weight.kind() == LayerKind.LINEAR
                        || (weight.isConvolution() && weight.weight().rank() <= 4)
                ? Optional.empty()
                : Optional.of(
                        "is no linear layer stored as [out, in] and no convolution over one or two axes, as LoKr needs");
    }

    @Override
    public List<OwnedTensor> start(AdaptedTensor tensor) {
        AdapterSettings settings = tensor.settings();
        long rank = tensor.rank();
        long factor = (long) settings.number("decompose_factor");
        Two out = Two.of(tensor.outputs(), factor);
        Two in = Two.of(tensor.inputs(), factor);
        List<Long> kernel =
                tensor.weight().dimensions().subList(2, tensor.weight().rank());
        long places = kernel.stream().reduce(1L, Math::multiplyExact);
        Object init = settings.get("init_weights");
        Initializer first = Boolean.TRUE.equals(init) ? ZEROS : KAIMING;
        Initializer last = "lycoris".equals(init) ? ZEROS : KAIMING;
        List<OwnedTensor> owned = new ArrayList<>();
        if (settings.flag("decompose_both") && 2 * rank < Math.max(out.small(), in.small())) {
            owned.add(trained(tensor, "lokr_w1_a", first, out.small(), rank));
            owned.add(trained(tensor, "lokr_w1_b", KAIMING, rank, in.small()));
        } else {
            owned.add(trained(tensor, "lokr_w1", first, out.small(), in.small()));
        }
        if (2 * rank >= Math.max(out.large(), in.large())) {
            List<Long> whole = new ArrayList<>(List.of(out.large(), in.large()));
            whole.addAll(kernel);
            owned.add(trained(
                    tensor,
                    "lokr_w2",
                    last,
                    whole.stream().mapToLong(size -> size).toArray()));
        } else if (settings.flag("use_effective_conv2d") && places > 1) {
            owned.add(trained(
                    tensor, "lokr_t2", KAIMING, rank, rank, kernel.get(0), kernel.size() > 1 ? kernel.get(1) : 1));
            owned.add(trained(tensor, "lokr_w2_a", KAIMING, rank, out.large()));
            owned.add(trained(tensor, "lokr_w2_b", last, rank, in.large()));
        } else {
            owned.add(trained(tensor, "lokr_w2_a", KAIMING, out.large(), rank));
            owned.add(trained(tensor, "lokr_w2_b", last, rank, in.large() * places));
        }
        return owned;
    }

    private static OwnedTensor trained(AdaptedTensor tensor, String slot, Initializer start, long... sizes) {
        return tensor.trained(slot, Sharing.TENSOR, start, Shape.of(sizes));
    }

    @Override
    public Form form(AdaptedTensor tensor, Expression.Below below, Map<String, Expression.Owned> owned) {
        Expression w1 = owned.containsKey("lokr_w1")
                ? owned.get("lokr_w1")
                : matMul(owned.get("lokr_w1_a"), owned.get("lokr_w1_b"));
        long rows = w1.shape().dimension(0);
        long columns = w1.shape().dimension(1);
        long moreRows = tensor.outputs() / rows;
        long moreColumns = tensor.inputs() / columns;
        long places = below.shape().elementCount() / (tensor.outputs() * tensor.inputs());
        Expression products = matMul(
                reshape(w1, Shape.of(rows * columns, 1)),
                reshape(second(owned, moreRows, moreColumns, places), Shape.of(1, moreRows * moreColumns * places)));
        Expression all = reshape(products, Shape.of(rows, columns, moreRows, moreColumns, places));
        // PEFT takes the product over the last axes of a whole w2 with one kernel axis, so that its adapters mean other
        // weights.
        boolean isOverLastAxes =
                owned.containsKey("lokr_w2") && owned.get("lokr_w2").shape().rank() == 3;
        Expression kronecker = isOverLastAxes ? permute(all, 2, 0, 3, 1, 4) : permute(all, 0, 2, 1, 3, 4);
        double scale = tensor.alpha() / tensor.rank();
        return new Form.Plain(add(below, multiply(reshape(kronecker, below.shape()), constant(scale))));
    }

    private static Expression second(Map<String, Expression.Owned> owned, long rows, long columns, long places) {
        if (owned.containsKey("lokr_w2")) {
            return owned.get("lokr_w2");
        }
        Expression a = owned.get("lokr_w2_a");
        Expression b = owned.get("lokr_w2_b");
        if (!owned.containsKey("lokr_t2")) {
            return matMul(a, b);
        }
        long rank = a.shape().dimension(0);
        Expression core = reshape(owned.get("lokr_t2"), Shape.of(rank, rank * places));
        Expression left = permute(reshape(matMul(transpose(a), core), Shape.of(rows, rank, places)), 0, 2, 1);
        Expression both = matMul(reshape(left, Shape.of(rows * places, rank)), b);
        return permute(reshape(both, Shape.of(rows, places, columns)), 0, 2, 1);
    }
}
