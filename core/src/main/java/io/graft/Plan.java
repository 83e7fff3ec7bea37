package io.graft;

import io.graft.checkpoint.Replacement;
import io.graft.checkpoint.source.InputIdentity;
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
 * @param inputs every file that was read, in the order in which they were asked for
 * @param replacement files of an earlier run that give way to the output, as its folder was when it was planned
 */
public record Plan(
        ModelRef model,
        List<ModifierRecord> modifiers,
        int configured,
        List<DraftTensor> tensors,
        List<Problem> problems,
        List<InputIdentity> inputs,
        Replacement replacement) {
    public Plan {
        modifiers = List.copyOf(modifiers);
        tensors = List.copyOf(tensors);
        problems = List.copyOf(problems);
        inputs = List.copyOf(inputs);
    }

    /** A plan in which every modifier was run, and for which no file was read. */
    public Plan(ModelRef model, List<ModifierRecord> modifiers, List<DraftTensor> tensors, List<Problem> problems) {
        this(model, modifiers, modifiers.size(), tensors, problems, List.of(), Replacement.NONE);
    }

    /** The same, with what was found out of the place that its output goes to. */
    public Plan with(Replacement found, List<Problem> all) {
        return new Plan(model, modifiers, configured, tensors, all, inputs, found);
    }

    /** The tensors that the model's own files have entries for. */
    public List<DraftTensor> stored() {
        return tensors.stream().filter(DraftTensor::isStored).toList();
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
