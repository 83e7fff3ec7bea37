package io.graft.modifiers.transfer;

import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.ModifierContext;
import io.graft.SkipReason;
import io.graft.SourceCheckpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.RenameRules;
import io.graft.model.TensorKind;
import io.graft.problem.Quoting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Loads the weights of another checkpoint into the tensors of the model that they fit, by name and shape. Everything that is
 * not loaded is reported with its reason, and so is every tensor of the model that keeps its values; nothing loaded is an error.
 * A tensor that the model has under several names is filled under all of them by an entry for any; entries that differ are an
 * error.
 */
@Modifier(value = "transfer-learning", aliases = "anemoi.training.train.modify.TransferLearningModelModifier")
public final class TransferLearningModelModifier implements ModelModifier {
    private final TransferLearningOptions options;

    public TransferLearningModelModifier(TransferLearningOptions options) {
        this.options = options;
    }

    @Override
    public Optional<Record> options() {
        return Optional.of(options);
    }

    @Override
    public void apply(ModelDraft model, ModifierContext context) {
        SourceCheckpoint source = context.open(options.checkpointPath());
        Scope scope = Scope.of(options, model, context);
        Alignments alignments = Alignments.of(options.align(), model, context);
        RenameRules rules =
                new RenameRules(options.rename().stream().map(RenameRule::rule).toList());
        Optional<Prefix> prefix = new PrefixStep(options.prefix(), model, context).decide(source, rules);
        if (prefix.isEmpty()) {
            return;
        }
        List<Skip> unprefixed = new ArrayList<>();
        Map<String, TensorEntry> keys = applyPrefix(prefix.get(), source, unprefixed);
        List<Candidate> candidates = new RenameStep(rules, context).apply(keys);
        if (context.failed()) {
            return;
        }
        Fit fit = new Fitting(options, model, scope, alignments, context)
                .fit(source, candidates)
                .and(unprefixed);
        alignments.report();
        report(fit, scope, context);
        new Requirements(options, context).check(fit, scope, source, model);
        if (!context.failed()) {
            fit.loads().forEach(load -> model.assign(load.target().name(), load.value()));
            warn(fit, model, context);
        }
    }

    private static Map<String, TensorEntry> applyPrefix(Prefix prefix, SourceCheckpoint source, List<Skip> unprefixed) {
        Map<String, TensorEntry> keys = new LinkedHashMap<>();
        for (TensorEntry entry : source.checkpoint().tensors().values()) {
            prefix.apply(entry.name())
                    .ifPresentOrElse(
                            key -> keys.put(key, entry),
                            () -> unprefixed.add(new Skip(
                                    new Candidate(entry, entry.name()),
                                    SkipReason.NOT_IN_MODEL,
                                    "without the prefix " + prefix.option())));
        }
        return keys;
    }

    private static void report(Fit fit, Scope scope, ModifierContext context) {
        fit.skips().forEach(skip -> context.skipped(skip.key(), skip.reason(), skip.detail()));
        Set<String> filled = fit.loads().stream()
                .map(load -> scope.firstName(load.target().name()))
                .collect(Collectors.toSet());
        scope.toFill().stream()
                .map(DraftTensor::name)
                .filter(name -> !filled.contains(name))
                .forEach(context::missing);
    }

    private static void warn(Fit fit, ModelDraft model, ModifierContext context) {
        List<String> buffers = fit.loads().stream()
                .map(Load::target)
                .filter(target -> target.kind() == TensorKind.BUFFER)
                .map(DraftTensor::name)
                .toList();
        if (!buffers.isEmpty()) {
            context.warn("buffers overwritten: " + Quoting.names(buffers));
        }
        new Orphans(model.tree()).warnings(fit).forEach(context::warn);
    }
}
