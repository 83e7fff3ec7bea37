package io.graft.apply;

import io.graft.ModelRef;
import io.graft.Plan;
import io.graft.TargetModel;
import io.graft.ValueWatch;
import io.graft.model.ModelDraft;
import io.graft.problem.Problem;
import java.util.List;

/** A model that is only files. */
record FileTarget() implements TargetModel {
    @Override
    public ModelRef ref() {
        return new ModelRef("checkpoint", "model.safetensors");
    }

    @Override
    public ModelDraft draft() {
        return new ModelDraft(List.of(), List.of());
    }

    @Override
    public List<Problem> refusals(Plan plan) {
        return List.of();
    }

    @Override
    public Commit commit(Plan plan, ValueWatch watch) {
        return Commit.OF_FILES;
    }
}
