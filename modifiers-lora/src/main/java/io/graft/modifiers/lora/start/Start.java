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
     */
    record Pair(LazyTensor a, LazyTensor b) {}

    /** The rule of an option. */
    static Start of(FactorInit init) {
        return switch (init.kind()) {
            case DEFAULT, RANDOM, GAUSSIAN -> new DrawnStart(init.kind());
            case ORTHOGONAL -> new OrthogonalStart();
            case PISSA -> new SingularStart("pissa", init.iterations());
            case OLORA -> new TriangularStart();
            case LOFTQ -> new QuantizedStart();
        };
    }

    /** The factors for a weight that is not refused. */
    Pair factors(Site site);

    /** Why the rule cannot be followed for a weight, a clause that goes on after its name; empty if it can. */
    Optional<String> refusal(Site site);
}
