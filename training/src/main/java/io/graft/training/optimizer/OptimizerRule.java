package io.graft.training.optimizer;

import io.graft.config.Discriminator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What an optimizer makes of gradients, and for which parameters it does so otherwise. */
@Discriminator("type")
public sealed interface OptimizerRule permits AdamW, Sgd {
    /** How far a step goes, for parameters of which no group says otherwise. */
    double learningRate();

    /** How much weights decay, for parameters of which no group says otherwise. */
    double weightDecay();

    /** Parameters with settings of their own. */
    List<ParameterGroup> groups();

    /** The norm that all gradients together have at most. */
    Optional<Double> clipNorm();

    /** What each element of a gradient is at most, and at least its negative. */
    Optional<Double> clipValue();

    /** The arrays that are kept for each parameter, of its shape, by the names that PyTorch has for them. */
    List<String> slots();

    /**
     * The settings that PyTorch keeps with the parameters of a group, by its names for them: numbers, booleans, lists and null. Clipping
     * is none of them.
     */
    Map<String, Object> settings(double learningRate, double weightDecay);

    /** Whether PyTorch keeps the number of steps with what it remembers of a parameter. */
    boolean countsSteps();

    /** One step of one parameter. */
    void update(ParameterUpdate update);
}
