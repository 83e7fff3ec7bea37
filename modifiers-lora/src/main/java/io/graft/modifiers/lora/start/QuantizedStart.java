package io.graft.modifiers.lora.start;

import static io.graft.tensor.expression.Expressions.stored;
import static io.graft.tensor.expression.Expressions.subtract;

import io.graft.tensor.LazyTensor;
import io.graft.tensor.expression.bands.ExpressionTensors;
import java.util.Map;
import java.util.Optional;

/**
 * LoftQ: PiSSA of what quantization loses of a weight, so that the quantized weight with the update is as near to the weight as one of
 * this rank can be. Unlike PEFT's, the factors are divided by the scale.
 *
 * @see <a href="https://arxiv.org/abs/2310.08659">LoftQ</a>
 */
final class QuantizedStart implements Start {
    private static final String RULE = "loftq";

    private final Start singular = new SingularStart(RULE, 0);

    @Override
    public Optional<String> refusal(Site site) {
        return site.held().isEmpty()
                ? Optional.of("is not quantized here, and `" + RULE
                        + "` starts from what quantization loses: quantize the original weight in the same run, before")
                : DecomposedStart.refusal(RULE, site);
    }

    @Override
    public Pair factors(Site site) {
        LazyTensor lost = ExpressionTensors.evaluate(
                subtract(stored(site.weight()), stored(site.held().orElseThrow())),
                "lost by quantization",
                Optional.empty(),
                Map.of());
        return singular.factors(site.with(lost));
    }
}
