package io.graft.apply.output;

import io.graft.Plan;

/** Who sees to it that what is trained for a time only is frozen at any other. */
public enum Schedules {
    /** The model, which refuses what it cannot do. */
    OF_MODEL,

    /** The caller, so that the model need know of the first step alone. */
    OF_CALLER;

    /** The plan as the model is to carry it out. */
    public Plan ofModel(Plan plan) {
        return this == OF_CALLER ? plan.atStart() : plan;
    }
}
