package io.graft.apply;

/** What is asked for, and so what the configuration must say. */
enum Demand {
    /** That it is correct, for whatever it may be used. */
    CHECK(Model.EITHER, false, false),
    /** A plan for the model that the configuration names. */
    PLAN(Model.NAMED, false, false),
    /** The modified model, in files. */
    APPLY(Model.NAMED, true, true),
    /** A part of the modified model, in files beside those of other parts. */
    APPLY_PART(Model.NAMED, true, false),
    /** A plan for a model that the caller has. */
    PLAN_LIVE(Model.GIVEN, false, false),
    /** A model that the caller has, modified, and written if the configuration has an output. */
    PROCESS(Model.GIVEN, false, true);

    private final Model model;
    private final boolean output;
    private final boolean writes;

    /** Where the model comes from: the configuration, or the caller. */
    private enum Model {
        NAMED,
        GIVEN,
        EITHER
    }

    Demand(Model model, boolean output, boolean writes) {
        this.model = model;
        this.output = output;
        this.writes = writes;
    }

    /** Whether the configuration must name the model. */
    boolean model() {
        return model == Model.NAMED;
    }

    /** Whether the caller has the model, so that what the configuration says of one is not read. */
    boolean isLive() {
        return model == Model.GIVEN;
    }

    /** Whether the configuration must name an output. */
    boolean output() {
        return output;
    }

    /** Whether the output is written in parts, by several runs. */
    boolean isPart() {
        return this == APPLY_PART;
    }

    /** Whether the output, if there is one, is written, so that it must be free. */
    boolean writes() {
        return writes;
    }
}
