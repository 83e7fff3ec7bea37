package io.graft.training.optimizer;

import ai.djl.ndarray.NDArray;
import io.graft.config.Default;
import io.graft.config.Exclusive;
import io.graft.config.Range;
import io.graft.config.Tag;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Adam with decoupled weight decay, as {@code torch.optim.AdamW} computes it (Loshchilov and Hutter, <em>Decoupled weight decay
 * regularization</em>, 2019).
 *
 * @param learningRate how far a step goes
 * @param beta1 how much of the mean of gradients a step keeps
 * @param beta2 how much of the mean of squared gradients a step keeps
 * @param epsilon keeps divisors from zero
 * @param weightDecay the part of a weight, times the learning rate, that each step takes away
 * @param groups parameters with settings of their own
 * @param clipNorm the norm that all gradients together have at most; longer ones are scaled down
 * @param clipValue what each element of a gradient is at most, and at least its negative
 */
@Tag("adamw")
@Exclusive({"clip-norm", "clip-value"})
public record AdamW(
        @Default("0.001") @Range(min = 0) double learningRate,

        @Default("0.9") @Range(min = 0, max = 1, exclusiveMax = true)
        double beta1,

        @Default("0.999") @Range(min = 0, max = 1, exclusiveMax = true)
        double beta2,

        @Default("1e-8") @Range(min = 0) double epsilon,
        @Default("0.01") @Range(min = 0) double weightDecay,
        List<ParameterGroup> groups,
        @Range(min = 0, exclusiveMin = true) Optional<Double> clipNorm,
        @Range(min = 0, exclusiveMin = true) Optional<Double> clipValue)
        implements OptimizerRule {
    private static final String MEAN = "exp_avg";
    private static final String SQUARES = "exp_avg_sq";

    public AdamW {
        groups = List.copyOf(groups);
    }

    /** PyTorch's own settings, but for the learning rate. */
    public static AdamW of(double learningRate) {
        return new AdamW(learningRate, 0.9, 0.999, 1e-8, 0.01, List.of(), Optional.empty(), Optional.empty());
    }

    @Override
    public List<String> slots() {
        return List.of(MEAN, SQUARES);
    }

    @Override
    public Map<String, Object> settings(double rate, double decay) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("lr", rate);
        settings.put("betas", List.of(beta1, beta2));
        settings.put("eps", epsilon);
        settings.put("weight_decay", decay);
        settings.put("amsgrad", false);
        settings.put("maximize", false);
        settings.put("foreach", null);
        settings.put("capturable", false);
        settings.put("differentiable", false);
        settings.put("fused", null);
        settings.put("decoupled_weight_decay", true);
        return settings;
    }

    @Override
    public boolean countsSteps() {
        return true;
    }

    @Override
    public void update(ParameterUpdate update) {
        NDArray weight = update.weight();
        NDArray gradient = update.gradient();
        NDArray mean = update.state().get(MEAN, weight::zerosLike);
        NDArray squares = update.state().get(SQUARES, weight::zerosLike);
        weight.muli(1 - update.learningRate() * update.weightDecay());
        try (NDArray change = gradient.sub(mean)) {
            change.muli(1 - beta1);
            mean.addi(change);
        }
        squares.muli(beta2);
        try (NDArray square = gradient.mul(1 - beta2)) {
            square.muli(gradient);
            squares.addi(square);
        }
        long steps = update.state().steps();
        double meanCorrection = 1 - Math.pow(beta1, (double) steps);
        double squaresCorrection = 1 - Math.pow(beta2, (double) steps);
        try (NDArray divisor = squares.sqrt()) {
            divisor.divi(Math.sqrt(squaresCorrection));
            divisor.addi(epsilon);
            try (NDArray change = mean.div(divisor)) {
                change.muli(-update.learningRate() / meanCorrection);
                weight.addi(change);
            }
        }
    }
}
