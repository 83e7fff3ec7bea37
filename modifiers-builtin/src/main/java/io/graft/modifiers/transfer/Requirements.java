package io.graft.modifiers.transfer;

import io.graft.ModifierContext;
import io.graft.OverrideOption;
import io.graft.SkipReason;
import io.graft.SourceCheckpoint;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.modifiers.transfer.TransferLearningOptions.OnUnexpected;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What a transfer must reach before anything is assigned. */
record Requirements(TransferLearningOptions options, ModifierContext context) {
    /** Reports an error for each requirement that the fit does not reach. */
    void check(Fit fit, Scope scope, SourceCheckpoint source, ModelDraft model) {
        if (options.strict() || !options.skipMismatched()) {
            fit.skipped(SkipReason.SHAPE_MISMATCH).forEach(this::reportMismatch);
        }
        if (options.strict() || options.onUnexpected() == OnUnexpected.ERROR) {
            checkUnexpected(fit, source);
        }
        if (options.strict()) {
            checkMissing(fit, scope, source, model);
        }
        new OverrideOption(options.override(), "fill", "filled", "exclude them here or there")
                .check(fit.loads().stream().map(load -> load.target().name()).toList(), model, context);
        // What was reported already explains why little is filled.
        if (!context.failed()) {
            checkCoverage(fit, scope, source, model);
        }
    }

    private void reportMismatch(Skip skip) {
        context.error(
                ProblemCode.SHAPE_MISMATCH,
                options.skipMismatched() ? "strict" : "skip-mismatched",
                "`" + skip.key() + "` does not fit: " + skip.detail(),
                "exclude the tensor, rename the entry, or let skip-mismatched be true and strict false");
    }

    private void checkUnexpected(Fit fit, SourceCheckpoint source) {
        List<String> keys = fit.skipped(SkipReason.NOT_IN_MODEL).stream()
                .filter(skip -> !skip.expected())
                .map(Skip::key)
                .distinct()
                .toList();
        if (!keys.isEmpty()) {
            context.error(
                    ProblemCode.UNEXPECTED_TENSOR,
                    options.onUnexpected() == OnUnexpected.ERROR ? "on-unexpected" : "strict",
                    "the model has no place for " + keys.size() + " of the tensors in `" + source.uri() + "`: "
                            + FirstFew.names(keys),
                    "rename them, or let on-unexpected be ignore and strict false");
        }
    }

    private void checkMissing(Fit fit, Scope scope, SourceCheckpoint source, ModelDraft model) {
        // A tensor whose entry has another shape or dtype is reported as such.
        Set<String> met = fit.skips().stream()
                .filter(skip -> skip.reason() == SkipReason.SHAPE_MISMATCH)
                .flatMap(skip -> model.tree().findTensor(skip.candidate().name()).stream())
                .map(scope::firstName)
                .collect(Collectors.toSet());
        fit.loads().forEach(load -> met.add(scope.firstName(load.target().name())));
        List<String> missing = scope.toFill().stream()
                .map(DraftTensor::name)
                .filter(name -> !met.contains(name))
                .toList();
        if (!missing.isEmpty()) {
            context.error(
                    ProblemCode.MISSING_TENSOR,
                    "strict",
                    "`" + source.uri() + "` does not fill " + missing.size() + " of the model's tensors: "
                            + FirstFew.names(missing),
                    "rename entries, exclude the tensors, or let strict be false");
        }
    }

    private void checkCoverage(Fit fit, Scope scope, SourceCheckpoint source, ModelDraft model) {
        int filled = fit.loads().size();
        int toFill = scope.toFill().size();
        if (options.minCoverage().isPresent()) {
            double least = options.minCoverage().get();
            double reached = toFill == 0 ? 0 : (double) filled / toFill;
            if (reached < least) {
                context.error(
                        ProblemCode.COVERAGE,
                        "min-coverage",
                        "`" + source.uri() + "` fills " + share(fit, scope) + ", less than min-coverage = " + least,
                        "see what is skipped and missing; lower min-coverage if that is as it should be");
            }
        } else if (filled == 0) {
            context.error(
                    ProblemCode.NOTHING_LOADED,
                    "checkpoint-path",
                    "`" + source.uri() + "` fills " + share(fit, scope),
                    toFill == 0
                            ? "`include`, `exclude` and `buffers` leave no tensor to fill"
                            : reasons(fit).orElseGet(() -> names(source, model)));
        }
    }

    /** Why entries that the model has tensors for fill none; empty if those are few, so that the names are what is wrong. */
    private static Optional<String> reasons(Fit fit) {
        List<Skip> met = fit.skips().stream()
                .filter(skip -> skip.reason() != SkipReason.NOT_IN_MODEL)
                .toList();
        FirstFew shown = new FirstFew();
        met.forEach(skip -> shown.add(() -> "`" + skip.key() + "` ("
                + skip.reason().id() + (skip.detail().isEmpty() ? "" : ", " + skip.detail()) + ")"));
        return 2 * met.size() <= fit.skips().size()
                ? Optional.empty()
                : Optional.of("the model has tensors for " + met.size() + " of the "
                        + fit.skips().size() + " entries, and cannot take them: " + shown);
    }

    private static String names(SourceCheckpoint source, ModelDraft model) {
        return "the checkpoint has "
                + FirstFew.names(List.copyOf(source.checkpoint().tensors().keySet()))
                + "; the model has "
                + FirstFew.names(model.tensors().stream().map(DraftTensor::name).toList())
                + "; see `prefix` and `rename`";
    }

    private static String share(Fit fit, Scope scope) {
        long elements = fit.loads().stream()
                .mapToLong(load -> load.target().shape().elementCount())
                .sum();
        return fit.loads().size() + " of " + scope.toFill().size() + " tensors ("
                + percent(fit.loads().size(), scope.toFill().size()) + ") and " + elements + " of " + scope.elements()
                + " elements (" + percent(elements, scope.elements()) + ")";
    }

    private static String percent(long part, long whole) {
        return String.format(Locale.ROOT, "%.1f %%", whole == 0 ? 0.0 : 100.0 * part / whole);
    }
}
