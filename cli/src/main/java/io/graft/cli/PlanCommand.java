package io.graft.cli;

import io.graft.Plan;
import io.graft.apply.GraftException;
import io.graft.apply.ModelModifierApplier;
import io.graft.apply.ReportJson;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what apply would do. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        description = "Shows what apply would do. Reads headers only and changes nothing.")
final class PlanCommand implements Callable<Integer> {
    private static final String NAME = "plan";

    private final Console console;

    @Mixin
    private CommonOptions common;

    @Mixin
    private ConfigOptions config;

    @Option(names = "--json", description = "Print the plan as one JSON document.")
    private boolean json;

    @Option(names = "--detailed-exitcode", description = "Exit with 6 if the plan changes something, with 0 if not.")
    private boolean detailedExitCode;

    PlanCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        ModelModifierApplier applier = ModelModifierApplier.create(Extensions.load(common, console));
        ProblemText problems = new ProblemText(console, common.color);
        ReportJson document = ReportJson.compact(NAME, Path.of(""));
        Plan plan;
        try {
            plan = applier.plan(config.file(), config.overrides());
        } catch (GraftException failure) {
            return problems.fail(failure, config.file(), json ? document.of(failure) : "");
        }
        problems.print(plan.problems());
        if (json) {
            console.out().print(document.of(plan));
        } else {
            new PlanText(console.out(), common.verbose).print("plan for", plan, List.of());
        }
        if (!plan.isCommittable()) {
            return ExitCode.of(plan.problems());
        }
        return detailedExitCode && plan.hasChanges() ? ExitCode.CHANGES : ExitCode.DONE;
    }
}
