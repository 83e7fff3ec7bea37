package io.graft.apply;

import io.graft.apply.output.Writing;

/**
 * What is asked for, and so what the configuration must say.
 *
 * @param from where the model comes from
 * @param output whether the configuration must name an output
 * @param writes whether the output, if there is one, is written, so that it must be free
 */
record Demand(Model from, boolean output, boolean writes) {
    /** Where the model comes from: the configuration, or the caller. */
    enum Model {
        NAMED,
        GIVEN,
        EITHER
    }

    /** That the configuration is correct, and says of the model what it must; nothing is written. */
    static Demand of(Model model) {
        return new Demand(model, false, false);
    }

    /** The same; the output is written. */
    Demand writing() {
        return new Demand(from, output, true);
    }

    /** The same; there must be an output. */
    Demand withOutput() {
        return new Demand(from, true, writes);
    }

    /** Whether the configuration must name the model. */
    boolean model() {
        return from == Model.NAMED;
    }

    /** Whether the caller has the model, so that what the configuration says of one is not read. */
    boolean isLive() {
        return from == Model.GIVEN;
    }

    /** How the output is written: where there must be one, and this run does not write it, it is written in parts. */
    Writing written() {
        if (writes) {
            return Writing.WHOLE;
        }
        return output ? Writing.PARTS : Writing.NONE;
    }
}
