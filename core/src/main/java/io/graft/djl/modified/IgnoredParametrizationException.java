package io.graft.djl.modified;

/** A forward that did not ask for a parametrized parameter, so that the parametrization had no effect. */
public final class IgnoredParametrizationException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    IgnoredParametrizationException(String block, String parameters) {
        super(block + " did not ask for " + parameters
                + " in its forward, so that what is computed of it had no effect; a block must ask its ParameterStore"
                + " for each weight in each forward");
    }
}
