package io.graft.apply;

import io.graft.ModifierRecord;
import io.graft.Plan;
import io.graft.TargetModel;
import io.graft.apply.migration.CheckpointMigrations;
import io.graft.apply.migration.MigrationsSection;
import io.graft.apply.output.Schedules;
import io.graft.checkpoint.RefusedTensor;
import io.graft.extension.ExtensionLoader;
import io.graft.model.Change;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.registry.BoundModifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs modifiers, in order, on a draft of the model. Reads headers, never values. */
final class Planner {
    private final OpenedCheckpoints checkpoints;
    private final ModuleFactories factories;
    private final Optional<MigrationsSection> migrations;

    Planner(OpenedCheckpoints checkpoints, ModuleFactories factories, Optional<MigrationsSection> migrations) {
        this.checkpoints = checkpoints;
        this.factories = factories;
        this.migrations = migrations;
    }

    /**
     * @param known problems found earlier; warnings only
     * @param schedules who carries out those of the plan
     */
    Planned plan(TargetModel target, List<BoundModifier> modifiers, List<Problem> known, Schedules schedules) {
        ModelDraft draft = target.draft();
        List<DraftTensor> initial = List.copyOf(draft.tensors());
        List<ModifierRecord> records = new ArrayList<>();
        List<Problem> problems = new ArrayList<>(known);
        Optional<Throwable> thrown = Optional.empty();
        CheckpointMigrations migrating = new CheckpointMigrations(migrations);
        problems.addAll(migrating.migrate(target, draft));
        boolean canBeMigrated = problems.stream().noneMatch(Problem::isError);
        List<BoundModifier> done = new ArrayList<>();
        for (BoundModifier modifier : canBeMigrated ? modifiers : List.<BoundModifier>of()) {
            PlanningContext context =
                    new PlanningContext(modifier, modifiers.size(), checkpoints, factories, target, migrating);
            int before = draft.changes().size();
            thrown = run(modifier, draft, context);
            if (!context.failed()) {
                refuseUnreadable(draft, before, context);
            }
            if (context.failed()
                    && modifier.optional()
                    && thrown.filter(VirtualMachineError.class::isInstance).isEmpty()) {
                records.add(context.leftOut());
                problems.addAll(context.excused());
                thrown = Optional.empty();
                draft = again(target, migrating, done, modifiers.size());
                continue;
            }
            done.add(modifier);
            records.add(context.record(
                    draft.changes().subList(before, draft.changes().size())));
            problems.addAll(context.problems());
            // The ones after it would be told what this one has left undone, and complain of that.
            if (context.failed()) {
                problems.addAll(new MissingCheckpoints(checkpoints)
                        .of(modifiers.subList(modifier.index() + 1, modifiers.size()), modifiers.size()));
                break;
            }
        }
        Plan plan = new Plan(
                target.ref(),
                records,
                modifiers.size(),
                List.copyOf(draft.tensors()),
                problems,
                checkpoints.inputs(),
                Optional.empty(),
                migrating.migrated());
        return new Planned(plan.isCommittable() ? withRefusals(plan, target, schedules) : plan, initial, thrown);
    }

    /** The draft as it was before a modifier that is left out: planning changes nothing, and does the same each time. */
    private ModelDraft again(TargetModel target, CheckpointMigrations migrating, List<BoundModifier> done, int total) {
        ModelDraft draft = target.draft();
        migrating.migrate(target, draft);
        for (BoundModifier modifier : done) {
            run(modifier, draft, new PlanningContext(modifier, total, checkpoints, factories, target, migrating));
        }
        return draft;
    }

    private static Optional<Throwable> run(BoundModifier modifier, ModelDraft draft, PlanningContext context) {
        try {
            return ExtensionLoader.around(modifier.modifier().getClass(), () -> {
                modifier.modifier().apply(draft, context);
                return Optional.empty();
            });
        } catch (Throwable failure) {
            // Whatever ends a modifier's code is the modifier's: an assertion, endless recursion, a jar of other
            // classes.
            context.thrown(failure);
            return Optional.of(failure);
        }
    }

    /** Codes that nothing reads are copied and never numbers: an edit that needs their values is an error of its modifier. */
    private static void refuseUnreadable(ModelDraft draft, int before, PlanningContext context) {
        Map<String, List<RefusedTensor>> byReason = new LinkedHashMap<>();
        draft.changes().subList(before, draft.changes().size()).stream()
                .filter(Change::givesValues)
                .map(Change::name)
                .distinct()
                .flatMap(name -> draft.find(name).stream())
                .flatMap(tensor -> tensor.written().sources())
                .filter(RefusedTensor.class::isInstance)
                .map(RefusedTensor.class::cast)
                .distinct()
                .forEach(refused -> byReason.computeIfAbsent(refused.refusal().reason(), first -> new ArrayList<>())
                        .add(refused));
        byReason.values()
                .forEach(refused -> context.error(
                        ProblemCode.CHECKPOINT_UNSUPPORTED,
                        "",
                        RefusedTensor.message(refused),
                        refused.get(0).refusal().help()));
    }

    private static Plan withRefusals(Plan plan, TargetModel target, Schedules schedules) {
        List<Problem> problems = new ArrayList<>(plan.problems());
        problems.addAll(schedules.refusals(plan, target));
        return plan.with(problems);
    }

    /**
     * @param initial the state dict before any modifier
     * @param thrown what stopped the last modifier that ran, for a stack trace
     */
    record Planned(Plan plan, List<DraftTensor> initial, Optional<Throwable> thrown) {
        Planned with(Plan other) {
            return new Planned(other, initial, thrown);
        }
    }
}
