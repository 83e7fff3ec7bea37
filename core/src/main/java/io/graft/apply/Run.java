package io.graft.apply;

import io.graft.GraftException;
import io.graft.OpenedModel;
import io.graft.OutputPlan;
import io.graft.Plan;
import io.graft.Report;
import io.graft.apply.migration.MigrationsSection;
import io.graft.apply.output.Execution;
import io.graft.apply.output.OutputPlanner;
import io.graft.apply.output.OutputSection;
import io.graft.apply.output.PartExecution;
import io.graft.apply.output.Schedules;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.ModelFiles;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
    Plan plan(Execution execution) {
        Plan plan = planned(execution.schedules()).plan();
        return output(plan)
                .filter(output -> output.folder().overwrite() && plan.isCommittable())
                .map(output -> withReplacement(plan, output, execution))
                .orElse(plan);
    }

    private Plan withReplacement(Plan plan, OutputSection output, Execution execution) {
        if (Files.exists(output.folder().path().resolve(ModelFiles.PUBLISHING))) {
            return withProblems(
                    plan,
                    List.of(
                            new Problem(
                                    ProblemCode.OUTPUT_EXISTS,
                                    Severity.WARNING,
                                    "",
                                    Optional.empty(),
                                    "a run publishes in `" + output.folder().path()
                                            + "`, or was interrupted while it did, so this plan does not tell what would be replaced",
                                    List.of(),
                                    "make the plan again when nothing writes there; apply puts back what an interrupted run left")));
        }
        try {
            OutputPlan written = plan.output().orElseThrow();
            return plan.with(
                    written.with(execution.replacement(
                            plan, output, configuration.checkpoints().files())),
                    plan.tensors());
        } catch (IOException | CheckpointException refused) {
            return withProblems(plan, new CommitProblems(configuration, plan).of(refused));
        }
    }

    private static Plan withProblems(Plan plan, List<Problem> more) {
        List<Problem> problems = new ArrayList<>(plan.problems());
        problems.addAll(more);
        return plan.with(problems);
    }

    /**
     * Does it.
     *
     * @throws GraftException if anything fails; nothing was done then, unless it says otherwise
     */
    Report carryOut(Execution execution) {
        return carryOut(
                execution.schedules(),
                plan -> execution.carryOut(
                        plan,
                        model.target(),
                        output(plan),
                        configuration.checkpoints().files()));
    }

    /**
     * Does a part of it.
     *
     * @throws GraftException if anything fails; nothing was done then, unless it says otherwise
     */
    Report carryOut(PartExecution execution) {
        OutputSection output = configuration.file().output().orElseThrow();
        String options = output.format().id()
                + output.format().options()
                + output.maxShardSize()
                + configuration
                        .file()
                        .migrations()
                        .map(MigrationsSection::shown)
                        .orElse(Map.of())
                + configuration.file().modifiers().stream()
                        .map(modifier -> modifier.id() + modifier.options())
                        .collect(Collectors.joining());
        return carryOut(Schedules.OF_MODEL, plan -> {
            requireDivisible(plan);
            return execution.carryOut(
                    plan, output, options, configuration.checkpoints().files());
        });
    }

    private void requireDivisible(Plan plan) {
        if (plan.output().orElseThrow().model().isEmpty()) {
            throw configuration.failure(
                    Problem.error(
                            ProblemCode.UNSUPPORTED_CHANGE,
                            "the model stays as it is, and what is written is an adapter alone: there are no parts of it",
                            "write it in one run"),
                    null);
        }
        model.target().ownFormat(plan).filter(own -> !own.isDivisible()).ifPresent(own -> {
            throw configuration.failure(
                    Problem.error(
                            ProblemCode.UNSUPPORTED_CHANGE,
                            "a `" + model.target().ref().kind() + "` model is written as one file, `" + own.fileName()
                                    + "`, which cannot be written in parts",
                            "write it in one run"),
                    null);
        });
    }

    /** Where files go, and in which format. */
    private Optional<OutputSection> output(Plan plan) {
        return configuration
                .file()
                .output()
                .map(section -> model.target()
                        .ownFormat(plan)
                        .map(own -> section.in(model.target().ref().kind(), own))
                        .orElse(section));
    }

    /** What the configuration says of a format that the model's own takes the place of, and why that cannot be written. */
    private List<Problem> refused(Plan plan) {
        return configuration.file().output().stream()
                .flatMap(section -> model.target().ownFormat(plan).stream()
                        .flatMap(own -> Stream.concat(
                                section.refusals(model.target().ref().kind(), own).stream(), own.refusals().stream())))
                .toList();
    }

    /** What is done with a plan that may be carried out. */
    private interface Commitment {
        Report of(Plan plan) throws IOException;
    }

    private Report carryOut(Schedules schedules, Commitment commitment) {
        Planner.Planned planned = planned(schedules);
        Plan plan = planned.plan();
        if (!plan.isCommittable()) {
            throw configuration.failure(plan.problems(), plan, planned.thrown().orElse(null));
        }
        try {
            return commitment.of(plan);
        } catch (GraftException told) {
            throw told;
        } catch (IOException | RuntimeException failure) {
            List<Problem> problems = new ArrayList<>(plan.problems());
            problems.addAll(new CommitProblems(configuration, plan).of(failure));
            throw configuration.failure(problems, plan, failure);
        }
    }

    /** Why the model cannot be written in the format of the output. */
    private Optional<Problem> unwritable(OutputSection output) {
        String format = output.format().id();
        return model.target()
                .writableFormats()
                .filter(formats -> !formats.contains(format))
                .map(formats -> output.format()
                        .cursor()
                        .error(
                                ProblemCode.UNSUPPORTED_CHANGE,
                                "a `" + model.target().ref().kind() + "` model cannot be written as `" + format + "`",
                                "it can be written as: " + String.join(", ", formats)));
    }

    private Planner.Planned planned(Schedules schedules) {
        List<Problem> known = new ArrayList<>(configuration.problems());
        known.addAll(model.warnings());
        configuration.file().output().flatMap(this::unwritable).ifPresent(known::add);
        try {
            Planner.Planned planned = new Planner(
                            configuration.checkpoints(),
                            configuration.factories(),
                            configuration.file().migrations())
                    .plan(model.target(), configuration.file().modifiers(), known, schedules);
            List<Problem> refused = refused(planned.plan());
            if (!refused.isEmpty()) {
                return planned.with(withProblems(planned.plan(), refused));
            }
            return planned.plan().isCommittable() ? planned.with(withFiles(planned)) : planned;
        } catch (IllegalArgumentException unusable) {
            throw configuration.failure(Failures.unusableModel(unusable), unusable);
        }
    }

    private Plan withFiles(Planner.Planned planned) {
        Plan plan = planned.plan();
        model.target()
                .belongings()
                .files()
                .forEach(
                        file -> configuration.checkpoints().alsoRead(file.file().path()));
        OutputPlanner planner = new OutputPlanner(
                model.target(), planned.initial(), configuration.file().modifiers());
        return output(plan).map(output -> planner.with(plan, output)).orElseGet(() -> planner.without(plan));
    }
}
