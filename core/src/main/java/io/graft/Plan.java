package io.graft;

import io.graft.checkpoint.Replacement;
import io.graft.checkpoint.source.InputIdentity;
import io.graft.migration.Migrated;
import io.graft.model.DraftTensor;
import io.graft.model.training.TrainingStretch;
import io.graft.problem.Problem;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The finished draft and how it came about, made from headers and metadata only.
 *
 * @param model the model it is for
 * @param modifiers what each modifier does, in the order in which they ran
 * @param configured how many modifiers the configuration lists; after one that fails, none is run
 * @param tensors the state dict as it will be
 * @param problems errors keep the plan from being committed; warnings do not
 * @param inputs every file that was read, in the order in which they were asked for
 * @param output the files that are written; empty if the run writes none
 * @param migrations the checkpoints that migrations were looked through for, in the order in which they were opened
 */
public record Plan(
        ModelRef model,
        List<ModifierRecord> modifiers,
        int configured,
        List<DraftTensor> tensors,
        List<Problem> problems,
        List<InputIdentity> inputs,
        Optional<OutputPlan> output,
        List<Migrated> migrations) {
    public Plan {
        modifiers = List.copyOf(modifiers);
        tensors = List.copyOf(tensors);
        problems = List.copyOf(problems);
        inputs = List.copyOf(inputs);
        migrations = List.copyOf(migrations);
    }

    /** A plan in which every modifier was run, and for which no file was read. */
    public Plan(ModelRef model, List<ModifierRecord> modifiers, List<DraftTensor> tensors, List<Problem> problems) {
        this(model, modifiers, modifiers.size(), tensors, problems, List.of(), Optional.empty(), List.of());
    }

    /** The same with other problems. */
    public Plan with(List<Problem> all) {
        return new Plan(model, modifiers, configured, tensors, all, inputs, output, migrations);
    }

    /** The same, with the files that are written and the state dict as they have it. */
    public Plan with(OutputPlan written, List<DraftTensor> stateDict) {
        return new Plan(model, modifiers, configured, stateDict, problems, inputs, Optional.of(written), migrations);
    }

    /** The same with other tensors. */
    public Plan withTensors(List<DraftTensor> all) {
        return new Plan(model, modifiers, configured, all, problems, inputs, output, migrations);
    }

    /** The same without schedules: what is trained in a stretch of the training is trained all the time. */
    public Plan in(TrainingStretch stretch) {
        return withTensors(tensors.stream().map(tensor -> tensor.in(stretch)).toList());
    }

    /** Files of an earlier run that give way to the output, as its folder was when it was planned. */
    public Replacement replacement() {
        return output.map(OutputPlan::replacement).orElse(Replacement.NONE);
    }

    /** The tensors that the model's own files have entries for. */
    public List<DraftTensor> stored() {
        return tensors.stream().filter(DraftTensor::isStored).toList();
    }

    /** The adapters that are written as files of their own. */
    public Set<String> adaptersWritten() {
        return modifiers.stream()
                .flatMap(modifier -> modifier.adapters().stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Whether the plan may be committed. */
    public boolean isCommittable() {
        return problems.stream().noneMatch(Problem::isError);
    }

    /** The model's own migrations; empty if it is none that has any. */
    public Optional<Migrated> migrated() {
        return migrations.stream().filter(Migrated::isModel).findFirst();
    }

    /** Whether any modifier, or any migration, changes the model. */
    public boolean hasChanges() {
        return migrated().filter(Migrated::hasChanges).isPresent()
                || modifiers.stream().anyMatch(modifier -> !modifier.changes().isEmpty());
    }
}
