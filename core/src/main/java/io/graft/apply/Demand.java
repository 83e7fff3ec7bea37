package io.graft.apply;

/** What is asked for, and so what the configuration must say. */
enum Demand {
    /** A plan for the model that the configuration names. */
    PLAN(true, false, false),
    /** The modified model, in files. */
    APPLY(true, true, true),
    /** A part of the modified model, in files beside those of other parts. */
    APPLY_PART(true, true, false),
    /** A plan for a model that the caller has. */
    PLAN_LIVE(false, false, false),
    /** A model that the caller has, modified, and written if the configuration has an output. */
    PROCESS(false, false, true);

    private final boolean model;
    private final boolean output;
    private final boolean writes;

    Demand(boolean model, boolean output, boolean writes) {
        this.model = model;
        this.output = output;
        this.writes = writes;
    }

    /** Whether the configuration must name the model. */
    boolean model() {
        return model;
    }

    /** Whether the configuration must name an output. */
    boolean output() {
        return output;
    }

    /** Whether the output, if there is one, is written, so that it must be free. */
    boolean writes() {
        return writes;
    }
}
