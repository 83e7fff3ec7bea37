package io.graft.modifiers.lora.start;

import io.graft.modifiers.lora.options.FactorInit;
import io.graft.tensor.LazyTensor;
import java.util.Optional;

/** A rule by which factors start. */
public interface Start {
    /**
     * Two factors, which are computed when they are read.
     *
     * @param a what inputs meet first
     * @param b the other one
     * @param quantized what a quantized weight is to be quantized from in the place of its own values; empty if it stays
     */
    record Pair(LazyTensor a, LazyTensor b, Optional<LazyTensor> quantized) {
        Pair(LazyTensor a, LazyTensor b) {
            this(a, b, Optional.empty());
        }
    }

    /**
     * The rule of an option.
     *
     * @param times how often a weight is quantized, for one that starts from what that loses
     */
    static Start of(FactorInit init, int times) {
        return switch (init.kind()) {
            case DEFAULT, RANDOM, GAUSSIAN -> new DrawnStart(init.kind());
            case ORTHOGONAL -> new OrthogonalStart();
            case PISSA -> new SingularStart("pissa", init.iterations());
            case OLORA -> new TriangularStart();
            case LOFTQ -> new QuantizedStart(times);
        };
    }

    /**
     * The factors for a weight that is not refused.
     *
     * @throws IllegalArgumentException if a storage cannot hold what is to be quantized again; the message goes on after the tensor's name
     */
    Pair factors(Site site);

    /** Why the rule cannot be followed for a weight, a clause that goes on after its name; empty if it can. */
    Optional<String> refusal(Site site);
}
