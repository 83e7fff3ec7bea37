package io.graft.training.optimizer;

import ai.djl.ndarray.NDArray;
import io.graft.config.Check;
import io.graft.config.CheckSink;
import io.graft.config.Default;
import io.graft.config.Exclusive;
import io.graft.config.Range;
import io.graft.config.Tag;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Stochastic gradient descent with momentum, as {@code torch.optim.SGD} computes it: the learning rate is no part of what is remembered,
 * and weight decay is added to the gradient.
 *
 * @param learningRate how far a step goes
 * @param momentum how much of the steps before a step keeps
 * @param dampening the part of a gradient that momentum leaves out
 * @param nesterov whether a gradient counts as if the step before had gone on
 * @param weightDecay the part of a weight that is added to its gradient
 * @param groups parameters with settings of their own
 * @param clipNorm the norm that all gradients together have at most; longer ones are scaled down
 * @param clipValue what each element of a gradient is at most, and at least its negative
 */
@Tag("sgd")
@Exclusive({"clip-norm", "clip-value"})
public record Sgd(
        @Default("0.001") @Range(min = 0) double learningRate,
        @Default("0") @Range(min = 0) double momentum,
        @Default("0") @Range(min = 0, max = 1) double dampening,
        @Default("false") boolean nesterov,
        @Default("0") @Range(min = 0) double weightDecay,
        List<ParameterGroup> groups,
        @Range(min = 0, exclusiveMin = true) Optional<Double> clipNorm,
        @Range(min = 0, exclusiveMin = true) Optional<Double> clipValue)
        implements OptimizerRule {
    private static final String MOMENTUM = "momentum_buffer";

    public Sgd {
        groups = List.copyOf(groups);
    }

    /** Without momentum and decay. */
    public static Sgd of(double learningRate) {
        return new Sgd(learningRate, 0, 0, false, 0, List.of(), Optional.empty(), Optional.empty());
    }

    /** Nesterov's step is defined for momentum without dampening. */
    @Check
    static void nesterovHasMomentum(Sgd options, CheckSink problems) {
        if (options.nesterov && (options.momentum == 0 || options.dampening != 0)) {
            problems.on("nesterov").error("`nesterov` needs a `momentum` above 0 and no `dampening`");
        }
    }

    @Override
    public List<String> slots() {
        return momentum == 0 ? List.of() : List.of(MOMENTUM);
    }

    @Override
    public Map<String, Object> settings(double rate, double decay) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("lr", rate);
        settings.put("momentum", momentum);
        settings.put("dampening", dampening);
        settings.put("weight_decay", decay);
        settings.put("nesterov", nesterov);
        settings.put("maximize", false);
        settings.put("foreach", null);
        settings.put("differentiable", false);
        settings.put("fused", null);
        return settings;
    }

    @Override
    public boolean countsSteps() {
        return false;
    }

    @Override
    public void update(ParameterUpdate update) {
        NDArray weight = update.weight();
        NDArray gradient = update.gradient();
        if (update.weightDecay() != 0) {
            try (NDArray decay = weight.mul(update.weightDecay())) {
                gradient.addi(decay);
            }
        }
        try (NDArray step = step(gradient, update.state(), -update.learningRate())) {
            weight.addi(step);
        }
    }

    private NDArray step(NDArray gradient, ParameterState state, double factor) {
        if (momentum == 0) {
            return gradient.mul(factor);
        }
        NDArray kept = remembered(gradient, state);
        if (!nesterov) {
            return kept.mul(factor);
        }
        NDArray ahead = kept.mul(momentum);
        ahead.addi(gradient);
        return ahead.muli(factor);
    }

    private NDArray remembered(NDArray gradient, ParameterState state) {
        Optional<NDArray> before = state.find(MOMENTUM);
        if (before.isEmpty()) {
            return state.get(MOMENTUM, gradient::duplicate);
        }
        NDArray kept = before.get();
        kept.muli(momentum);
        try (NDArray damped = gradient.mul(1 - dampening)) {
            kept.addi(damped);
        }
        return kept;
    }
}
