package io.graft;

import io.graft.model.DraftTensor;
import io.graft.problem.Problem;
import java.util.List;

/**
 * The finished draft and how it came about, made from headers and metadata only.
 *
 * @param model the model it is for
 * @param modifiers what each modifier does, in the order in which they ran
 * @param configured how many modifiers the configuration lists; after one that fails, none is run
 * @param tensors the state dict as it will be
 * @param problems errors keep the plan from being committed; warnings do not
 * @param fetched the checkpoints that came from other machines, in the order in which they were asked for
 */
public record Plan(
        ModelRef model,
        List<ModifierRecord> modifiers,
        int configured,
        List<DraftTensor> tensors,
        List<Problem> problems,
        List<FetchedFile> fetched) {
    public Plan {
        modifiers = List.copyOf(modifiers);
        tensors = List.copyOf(tensors);
        problems = List.copyOf(problems);
        fetched = List.copyOf(fetched);
    }

    /** A plan in which every modifier was run, and for which nothing came from another machine. */
    public Plan(ModelRef model, List<ModifierRecord> modifiers, List<DraftTensor> tensors, List<Problem> problems) {
        this(model, modifiers, modifiers.size(), tensors, problems, List.of());
    }

    /** Whether the plan may be committed. */
    public boolean isCommittable() {
        return problems.stream().noneMatch(Problem::isError);
    }

    /** Whether any modifier changes the model. */
    public boolean hasChanges() {
        return modifiers.stream().anyMatch(modifier -> !modifier.changes().isEmpty());
    }
}
