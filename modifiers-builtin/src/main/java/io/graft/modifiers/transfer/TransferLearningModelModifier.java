package io.graft.modifiers.transfer;

import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.ModifierContext;
import io.graft.Phase;
import io.graft.SourceCheckpoint;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.rules.Rules;
import io.graft.model.training.TensorKind;
import io.graft.problem.Quoting;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Loads the weights of another checkpoint into the tensors of the model that they fit, by name and shape. Everything that is
 * not loaded is reported with its reason, and so is every tensor of the model that keeps its values; nothing loaded is an error.
 * A tensor that the model has under several names is filled under all of them by an entry for any; entries that differ are an
 * error.
 */
@Modifier(
        value = "transfer-learning",
        aliases = "anemoi.training.train.modify.TransferLearningModelModifier",
        phase = Phase.LOAD)
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
        options.configDrift().ifPresent(drift -> new DriftCheck(drift, context).check(source));
        Scope scope = Scope.of(options, model, context);
        Alignments alignments = Alignments.of(options.align(), model, context);
        Rules rules = new Rules(options.rename()).toldBy(source.checkpoint().configuration());
        rules.told().forEach(context::warn);
        SourceTensors tensors = SourceTensors.of(source, model);
        Optional<Prefix> prefix = new PrefixStep(options.prefix(), model, context).decide(source, tensors, rules);
        if (prefix.isEmpty()) {
            return;
        }
        new Objects(source, prefix.get()).check(scope, model, context);
        List<Skip> before = new ArrayList<>();
        List<Candidate> candidates = new RenameStep(rules, context).apply(tensors.after(prefix.get(), before), before);
        if (context.failed()) {
            return;
        }
        if (tensors.wrapped() > 0) {
            context.warn("segments of wrappers, such as `_orig_mod`, left out of " + tensors.wrapped() + " of "
                    + tensors.keys().size() + " keys of the checkpoint");
        }
        Fit fit = new Fitting(options, model, scope, alignments, context)
                .fit(candidates)
                .and(before);
        alignments.report();
        report(fit, scope, context);
        new Requirements(options, context).check(fit, scope, source, model);
        if (!context.failed()) {
            fit.loads().forEach(load -> model.assign(load.target().name(), load.value()));
            options.keepCodes()
                    .ifPresent(kept -> new CodeLoads(kept, source, tensors).keep(fit.loads(), model, context));
            warn(fit, model, context);
        }
    }

    private static void report(Fit fit, Scope scope, ModifierContext context) {
        fit.skips()
                .forEach(skip ->
                        skip.candidate().keys().forEach(key -> context.skipped(key, skip.reason(), skip.detail())));
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
