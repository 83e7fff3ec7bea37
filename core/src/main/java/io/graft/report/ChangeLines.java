package io.graft.report;

import io.graft.CastErrors;
import io.graft.model.Change;
import io.graft.model.parametrization.Form.ScaledCodes.Kernel;
import io.graft.model.parametrization.Loss;
import io.graft.problem.Counts;
import io.graft.tensor.Provenance;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** Changes in words. */
record ChangeLines(CastErrors castErrors, StoredWeights stored) implements Change.Cases<ChangeLine> {
    @Override
    public ChangeLine assigned(Change.Assigned change) {
        List<Provenance.Stored> stored = change.provenance().origins().stream()
                .flatMap(origin -> origin instanceof Provenance.Stored one ? Stream.of(one) : Stream.empty())
                .toList();
        if (stored.size() != 1) {
            return new ChangeLine("+ assigned", change.name());
        }
        String key = stored.get(0).key();
        return new ChangeLine(
                "+ loaded from " + stored.get(0).uri(), key.equals(change.name()) ? key : change.name() + " <- " + key);
    }

    @Override
    public ChangeLine frozen(Change.Frozen change) {
        return new ChangeLine("~ frozen", change.name());
    }

    @Override
    public ChangeLine unfrozen(Change.Unfrozen change) {
        return new ChangeLine("~ unfrozen", change.name());
    }

    @Override
    public ChangeLine scheduled(Change.Scheduled change) {
        return new ChangeLine("~ " + change.when(), change.name());
    }

    @Override
    public ChangeLine renamed(Change.Renamed change) {
        return new ChangeLine("~ renamed", change.name() + " -> " + change.to());
    }

    @Override
    public ChangeLine added(Change.Added change) {
        return new ChangeLine("+ added", change.name());
    }

    @Override
    public ChangeLine resized(Change.Resized change) {
        return new ChangeLine("~ resized from " + change.from() + " to " + change.to(), change.name());
    }

    @Override
    public ChangeLine removed(Change.Removed change) {
        return new ChangeLine("- removed", change.name());
    }

    @Override
    public ChangeLine parted(Change.Parted change) {
        return new ChangeLine("~ no longer tied", change.name() + " from " + String.join(", ", change.from()));
    }

    @Override
    public ChangeLine cast(Change.Cast change) {
        OptionalDouble error = castErrors.of(change);
        return new ChangeLine(
                "~ cast " + change.from() + " to " + change.to(),
                change.name()
                        + (error.isPresent()
                                ? String.format(Locale.ROOT, " (largest relative error %.2e)", error.getAsDouble())
                                : ""));
    }

    @Override
    public ChangeLine parametrized(Change.Parametrized change) {
        return change.adapter().isEmpty()
                ? new ChangeLine("~ stored as " + change.description(), change.name() + kept(change))
                : new ChangeLine(
                        "~ adapted (" + change.parametrization() + " `" + change.adapter() + "`)",
                        change.name()
                                + (change.description().equals(change.parametrization())
                                        ? ""
                                        : ": " + change.description()));
    }

    /** How large it becomes, and what is lost; nothing where nobody knows. */
    private String kept(Change.Parametrized change) {
        return stored.of(change)
                .flatMap(entry -> entry.loss()
                        .map(loss -> ": " + Counts.of(entry.before(), "byte") + " -> "
                                + Counts.of(entry.after(), "byte") + ", " + inWords(loss)
                                + kernel(entry)))
                .orElse("");
    }

    /** One that was asked for by name. */
    private static String kernel(StoredWeights.Entry entry) {
        return entry.kernel()
                .filter(kernel -> kernel == Kernel.WEIGHT_ONLY || kernel == Kernel.DYNAMIC)
                .map(kernel -> ", kernel " + kernel.id())
                .orElse("");
    }

    /** What was added, and what is lost; nothing before that is known. */
    private String again(Change.Requantized change) {
        return stored.of(change)
                .flatMap(entry -> entry.update()
                        .map(update -> String.format(
                                Locale.ROOT,
                                ": update %.3g, step %.3g (root mean squares), %s",
                                update.size(),
                                update.step(),
                                inWords(entry.loss().orElseThrow()))))
                .orElse("");
    }

    private static String inWords(Loss loss) {
        return loss.measured().isPresent()
                ? "error " + inWords(loss.measured().getAsDouble())
                : "expected error " + inWords(loss.expected()) + " if normally distributed";
    }

    private static String inWords(double error) {
        return error == 0 ? "0" : String.format(Locale.ROOT, "%.3g (%.1f dB)", error, Loss.decibels(error));
    }

    @Override
    public ChangeLine unparametrized(Change.Unparametrized change) {
        return new ChangeLine(
                "~ no longer adapted (" + change.parametrization() + " `" + change.adapter() + "`)", change.name());
    }

    @Override
    public ChangeLine activated(Change.Activated change) {
        return new ChangeLine("~ adapter `" + change.adapter() + "` with the weight " + change.weight(), change.name());
    }

    @Override
    public ChangeLine folded(Change.Folded change) {
        return new ChangeLine("~ merged (" + change.parametrization() + ")", change.name());
    }

    @Override
    public ChangeLine requantized(Change.Requantized change) {
        return new ChangeLine(
                "~ merged (" + change.parametrization() + "), and stored as " + change.storage() + " again",
                change.name() + again(change));
    }

    @Override
    public ChangeLine moduleReplaced(Change.ModuleReplaced change) {
        return new ChangeLine(
                "~ replaced by " + change.source().description(),
                change.name() + (change.type().isEmpty() ? "" : " (" + change.type() + ")"));
    }

    @Override
    public ChangeLine moduleAdded(Change.ModuleAdded change) {
        return new ChangeLine("+ added as " + change.source().description(), change.name());
    }

    @Override
    public ChangeLine moduleRemoved(Change.ModuleRemoved change) {
        return new ChangeLine(
                "- removed as a module", change.name() + (change.type().isEmpty() ? "" : " (" + change.type() + ")"));
    }
}
