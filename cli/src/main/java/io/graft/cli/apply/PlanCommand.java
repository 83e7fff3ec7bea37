package io.graft.cli.apply;

import io.graft.Plan;
import io.graft.apply.ModelModifierApplier;
import io.graft.cli.option.CommonOptions;
import io.graft.cli.option.ConfigOptions;
import io.graft.cli.option.Extensions;
import io.graft.cli.option.ProgressOption;
import io.graft.cli.output.Console;
import io.graft.cli.output.ExitCode;
import io.graft.cli.output.ProblemText;
import io.graft.report.ReportJson;
import io.graft.report.ReportText;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what apply would do. */
@Command(
        name = "plan",
        description = "Shows what apply would do. Reads headers and hardly any values, and changes nothing.")
public final class PlanCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private CommonOptions common;

    @Mixin
    private ConfigOptions config;

    @Mixin
    private ProgressOption progress;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Option(names = "--detailed-exitcode", description = "Exit with 6 if the plan changes something, with 0 if not.")
    private boolean detailedExitCode;

    public PlanCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        Plan plan = ModelModifierApplier.create(Extensions.load(common, console))
                .watchedBy(progress.on(console))
                .configuration(config.file(), config.overrides())
                .plan();
        if (json) {
            console.out().print(ReportJson.compact("plan", Path.of("")).of(plan));
        } else if (plan.isCommittable()) {
            // Of a plan that failed there is but a part, which would look like the whole.
            console.out().print((common.verbose ? ReportText.full() : ReportText.brief()).of(plan));
        }
        ProblemText problems = new ProblemText(console, common.color);
        if (!plan.isCommittable()) {
            problems.print(plan.problems(), config.file(), OptionalInt.of(plan.configured()));
            return ExitCode.of(plan.problems());
        }
        problems.print(plan.problems());
        return detailedExitCode && plan.hasChanges() ? ExitCode.CHANGES : ExitCode.DONE;
    }
}
