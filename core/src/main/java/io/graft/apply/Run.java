package io.graft.apply;

import io.graft.GraftException;
import io.graft.Plan;
import io.graft.Report;
import io.graft.checkpoint.CheckpointException;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One configuration on one model. */
final class Run {
    private final Configuration configuration;
    private final OpenedModel model;

    Run(Configuration configuration, OpenedModel model) {
        this.configuration = configuration;
        this.model = model;
    }

    /**
     * What would be done; may hold errors.
     *
     * @throws GraftException if the model cannot be planned for
     */
    Plan plan() {
        return planned().plan();
    }

    /**
     * Does it.
     *
     * @throws GraftException if anything fails; nothing was done then
     */
    Report carryOut(Execution execution) {
        return carryOut(plan ->
                execution.carryOut(plan, model.target(), configuration.file().output()));
    }

    /**
     * Does a part of it.
     *
     * @throws GraftException if anything fails; nothing was done then
     */
    Report carryOut(PartExecution execution) {
        OutputSection output = configuration.file().output().orElseThrow();
        Optional<String> refusal = execution.refusal(output.folder());
        if (refusal.isPresent()) {
            throw configuration.failure(
                    new Problem(
                            ProblemCode.OUTPUT_EXISTS,
                            Severity.ERROR,
                            "",
                            Optional.empty(),
                            refusal.get(),
                            List.of(),
                            "write all parts into a new folder; overwrite = true replaces a part until the last one is written"),
                    null);
        }
        return carryOut(plan -> execution.carryOut(plan, output));
    }

    /** What is done with a plan that may be carried out. */
    private interface Commitment {
        Report of(Plan plan) throws IOException;
    }

    private Report carryOut(Commitment commitment) {
        Planner.Planned planned = planned();
        Plan plan = planned.plan();
        if (!plan.isCommittable()) {
            throw configuration.failure(plan.problems(), plan, planned.thrown().orElse(null));
        }
        try {
            return commitment.of(plan);
        } catch (IOException | RuntimeException failure) {
            List<Problem> problems = new ArrayList<>(plan.problems());
            problems.add(problem(failure));
            throw configuration.failure(problems, plan, failure);
        }
    }

    private Planner.Planned planned() {
        List<Problem> known = new ArrayList<>(configuration.problems());
        known.addAll(model.warnings());
        try {
            return new Planner(configuration.checkpoints())
                    .plan(model.target(), configuration.file().modifiers(), known);
        } catch (IllegalArgumentException unusable) {
            throw configuration.failure(Failures.unusableModel(unusable), unusable);
        }
    }

    private Problem problem(Exception failure) {
        if (failure instanceof CheckpointException unusable) {
            return configuration.checkpoints().problem(unusable, "", Optional.empty(), List.of());
        }
        return new Problem(
                ProblemCode.APPLY_FAILED,
                Severity.ERROR,
                "",
                Optional.empty(),
                "the plan cannot be carried out: " + Failures.sentence(failure),
                List.of(),
                "the model and the output are as they were");
    }
}
