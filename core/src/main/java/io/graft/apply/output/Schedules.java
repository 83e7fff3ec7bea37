package io.graft.apply.output;

import io.graft.Plan;
import io.graft.TargetModel;
import io.graft.model.DraftTensor;
import io.graft.model.training.Trainability;
import io.graft.model.training.TrainingStretch;
import io.graft.problem.Problem;
import java.util.ArrayList;
import java.util.List;

/** Who sees to it that what is trained for a time only is frozen at any other. */
public enum Schedules {
    /** The model, which refuses what it cannot do. */
    OF_MODEL,

    /** The caller, so that the model need know of the first step alone. */
    OF_CALLER;

    /** The plan as the model is to carry it out. */
    public Plan ofModel(Plan plan) {
        return this == OF_CALLER ? plan.in(TrainingStretch.START) : plan;
    }

    /** Why the model cannot carry out the plan, or cannot go on in a later stretch of the training, which is noted then. */
    public List<Problem> refusals(Plan plan, TargetModel target) {
        List<Problem> refusals = new ArrayList<>(target.refusals(ofModel(plan)));
        if (this == OF_CALLER) {
            List<Trainability> times =
                    plan.tensors().stream().map(DraftTensor::trainability).toList();
            List<Problem> now = List.copyOf(refusals);
            for (TrainingStretch stretch : TrainingStretch.after(times)) {
                target.refusals(plan.in(stretch)).stream()
                        .filter(problem -> !now.contains(problem))
                        .map(problem -> problem.withNote(stretch.toString()))
                        .forEach(refusals::add);
            }
        }
        return refusals;
    }
}
