package io.graft.lora.method.builtin;

import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.reshape;

import com.google.auto.service.AutoService;
import io.graft.layer.LayerKind;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.lora.method.AdaptedTensor;
import io.graft.lora.method.AdapterMethod;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Sharing;
import io.graft.modifiers.lora.config.ConfiguredModules;
import io.graft.tensor.Initializer;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * IA3: a trained number for each output of a layer, which its weights and its bias are multiplied by; of the layers that {@code
 * feedforward_modules} names, one for each input.
 *
 * @see <a href="https://arxiv.org/abs/2205.05638">Few-Shot Parameter-Efficient Fine-Tuning is Better and Cheaper than In-Context
 *     Learning</a>
 */
@AutoService(AdapterMethod.class)
public final class Ia3 implements AdapterMethod {
    private static final String SLOT = "ia3_l";
    private static final String INPUTS = "feedforward_modules";
    private static final Initializer ONES = Initializer.of(Initializer.Kind.ONES);

    /** As {@link java.util.ServiceLoader} makes it. */
    public Ia3() {}

    @Override
    public String peftType() {
        return "IA3";
    }

    @Override
    public Map<String, Object> settings() {
        return Map.of(INPUTS, List.of(), "init_ia3_weights", true);
    }

    @Override
    public Set<String> slots() {
        return Set.of(SLOT);
    }

    @Override
    public Optional<String> refusal(AdapterSettings settings) {
        settings.flag("init_ia3_weights");
        ConfiguredModules.under(INPUTS, settings);
        return Optional.empty();
    }

    @Override
    public Optional<String> refusal(AdaptedTensor weight) {
        return weight.kind() == LayerKind.EMBEDDING
                ? Optional.of("is an embedding, which IA3 does not scale")
                : Optional.empty();
    }

    private static boolean isOfInputs(AdaptedTensor tensor) {
        return ConfiguredModules.under(INPUTS, tensor.settings()).contain(tensor.module());
    }

    @Override
    public boolean isForBias(AdaptedTensor weight) {
        return !isOfInputs(weight);
    }

    @Override
    public List<OwnedTensor> start(AdaptedTensor tensor) {
        boolean isOne = tensor.settings().flag("init_ia3_weights");
        Initializer start = isOne ? ONES : new Initializer(Initializer.Kind.NORMAL, 1);
        return List.of(tensor.trained(SLOT, Sharing.MODULE, start, saved(tensor)));
    }

    /** As PEFT has it: {@code [out, 1]} or {@code [1, in]}; of a convolution {@code [1, channels, 1...]}. */
    private static Shape saved(AdaptedTensor tensor) {
        long count = isOfInputs(tensor) ? tensor.groups() * tensor.inputs() : tensor.outputs();
        return Shape.ones(tensor.weight().rank()).with(tensor.isConvolution() || isOfInputs(tensor) ? 1 : 0, count);
    }

    @Override
    public Form form(AdaptedTensor tensor, Expression.Below below, Map<String, Expression.Owned> owned) {
        // A bias is adapted where a number is of an output alone.
        if (tensor.groups() > 1 && isOfInputs(tensor)) {
            return new Form.Plain(ofGroups(tensor, below, owned.get(SLOT)));
        }
        boolean isFirst = tensor.isBias() || tensor.isTransposed() == isOfInputs(tensor);
        Shape along = Shape.ones(below.shape().rank())
                .with(isFirst ? 0 : 1, owned.get(SLOT).shape().elementCount());
        return new Form.Plain(multiply(below, reshape(owned.get(SLOT), along)));
    }

    /** The outputs of a group see its inputs alone. */
    private static Expression ofGroups(AdaptedTensor tensor, Expression.Below below, Expression.Owned scales) {
        long groups = tensor.groups();
        long inputs = tensor.inputs();
        long outputs = tensor.outputs() / groups;
        long kernel = below.shape().elementCount() / (tensor.outputs() * inputs);
        Expression scaled = multiply(
                reshape(below, Shape.of(groups, outputs, inputs, kernel)),
                reshape(scales, Shape.of(groups, 1, inputs, 1)));
        return reshape(scaled, below.shape());
    }
}
