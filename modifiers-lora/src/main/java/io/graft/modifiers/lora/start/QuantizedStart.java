package io.graft.modifiers.lora.start;

import static io.graft.tensor.expression.Expressions.stored;
import static io.graft.tensor.expression.Expressions.subtract;

import io.graft.modifiers.lora.update.Factors;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.bands.ExpressionTensors;
import java.util.Map;
import java.util.Optional;

/**
 * LoftQ: PiSSA of what quantization loses of a weight, so that the quantized weight with the update is as near to the weight as one of
 * this rank can be; and the weight without the update quantized anew, and so on. Unlike PEFT's, the factors are divided by the scale.
 *
 * @see <a href="https://arxiv.org/abs/2310.08659">LoftQ</a>
 */
final class QuantizedStart implements Start {
    private static final String RULE = "loftq";

    private final Start singular = new SingularStart(RULE, 0);
    private final int times;

    /** @param times how often the weight is quantized, from 1 on */
    QuantizedStart(int times) {
        this.times = times;
    }

    @Override
    public Optional<String> refusal(Site site) {
        return site.quantization().isEmpty()
                ? Optional.of("is not quantized here, and `" + RULE
                        + "` starts from what quantization loses: quantize the original weight in the same run, before")
                : DecomposedStart.refusal(RULE, site);
    }

    @Override
    public Pair factors(Site site) {
        Quantization quantization = site.quantization().orElseThrow();
        Pair pair = lost(site, quantization.held());
        Optional<LazyTensor> quantized = Optional.empty();
        for (int i = 1; i < times; i++) {
            LazyTensor without = without(site, pair);
            pair = lost(site, quantization.held(without));
            quantized = Optional.of(without);
        }
        return new Pair(pair.a(), pair.b(), quantized);
    }

    private Pair lost(Site site, LazyTensor held) {
        return singular.factors(site.with(ExpressionTensors.evaluate(
                subtract(stored(site.weight()), stored(held)), "lost by quantization", Optional.empty(), Map.of())));
    }

    private static LazyTensor without(Site site, Pair pair) {
        LazyTensor weight = site.weight();
        Factors factors = Factors.of(pair.a(), pair.b(), -site.scale(), 0);
        Expression rest = site.arrangement()
                .update("", factors)
                .form(new Expression.Below(weight.shape(), weight.dtype()))
                .value();
        return ExpressionTensors.evaluate(
                rest,
                "without the update",
                Optional.of(weight),
                Map.of(factors.a().slot(), pair.a(), factors.b().slot(), pair.b()));
    }
}
