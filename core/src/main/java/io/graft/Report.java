package io.graft;

import io.graft.checkpoint.Replacement;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.model.DraftTensor;
import io.graft.model.parametrization.Loss;
import io.graft.problem.Problem;
import io.graft.problem.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a run did.
 *
 * @param plan what was planned; carried out in full if {@code committed}, else not at all
 * @param committed whether the model or its files were changed
 * @param outputs the files that were written
 * @param replacement files of an earlier run that gave way to them
 * @param rounded what became of values that were rounded, in the order of the state dict
 * @param undo whether old values of a live model were kept until all was done
 */
public record Report(
        Plan plan,
        boolean committed,
        List<WrittenFile> outputs,
        Replacement replacement,
        List<RoundedTensor> rounded,
        boolean undo) {
    public Report {
        outputs = List.copyOf(outputs);
        rounded = List.copyOf(rounded);
    }

    /** What a person should know: the plan's warnings, and what casts and codes lost. */
    public List<Problem> problems() {
        List<Problem> problems = new ArrayList<>(plan.problems());
        List<String> losses = rounded.stream()
                .flatMap(tensor -> tensor.lost().map(lost -> lost.overflow(tensor.name())).stream())
                .toList();
        if (!losses.isEmpty()) {
            problems.add(ValuesLostException.problem(
                    Severity.WARNING, losses, "cast to a type that holds larger numbers: BF16, F32 or F64"));
        }
        List<String> drowned = plan.tensors().stream()
                .flatMap(tensor -> drowned(tensor).stream())
                .toList();
        if (!drowned.isEmpty()) {
            problems.add(
                    ValuesLostException.problem(
                            Severity.WARNING,
                            drowned,
                            "let the weights become plain numbers, or merge into the model that was quantized, and quantize the result"));
        }
        return problems;
    }

    /** What codes could not hold of an update, in words. */
    private static Optional<String> drowned(DraftTensor tensor) {
        return tensor.update()
                .filter(Loss.Update::isBelowStep)
                .map(update -> String.format(
                        Locale.ROOT,
                        "`%s`: an update of %.3g was added to codes with a step of %.3g (root mean squares), which lose what is below half"
                                + " a step",
                        tensor.name(),
                        update.size(),
                        update.step()));
    }

    /** Largest relative errors of the plan's casts. */
    public CastErrors castErrors() {
        return CastErrors.of(plan.tensors(), rounded);
    }

    /** A run that could have been undone until its end. */
    public Report(
            Plan plan,
            boolean committed,
            List<WrittenFile> outputs,
            Replacement replacement,
            List<RoundedTensor> rounded) {
        this(plan, committed, outputs, replacement, rounded, true);
    }

    /** The same, for which no file gave way. */
    public Report(Plan plan, boolean committed, List<WrittenFile> outputs, List<RoundedTensor> rounded) {
        this(plan, committed, outputs, Replacement.NONE, rounded);
    }
}
