package io.graft.modifiers.lora;

import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.ModifierContext;
import io.graft.SkipReason;
import io.graft.SourceCheckpoint;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.model.ModelDraft;
import io.graft.problem.Quoting;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Merges a LoRA adapter of PEFT into the weights that it adapts. The model then computes alone what it computed with the
 * adapter. Linear layers, embeddings and the transposed linear layers of GPT-2 are known, with the ranks and scales of the
 * adapter's patterns, rank-stabilised scaling, biases, and modules that were trained and saved whole.
 *
 * <p>The update is computed in 32 bits, added, and rounded once to the weight's dtype. An adapter that asks for more, or that
 * does not fit the model in every tensor, is an error. A weight that the model has under several names is changed under the one
 * that the adapter names, and is no longer tied to the others.
 */
@Modifier("lora-merge")
public final class LoraMergeModelModifier implements ModelModifier {
    private final LoraMergeOptions options;

    public LoraMergeModelModifier(LoraMergeOptions options) {
        this.options = options;
    }

    @Override
    public void apply(ModelDraft model, ModifierContext context) {
        CheckpointRef file = AdapterFiles.tensorsOf(options.adapterPath());
        AdapterConfig config = context.readBeside(file, AdapterFiles.CONFIG, AdapterConfig::read);
        SourceCheckpoint source = context.open(file);
        Findings findings = new Findings(context, options.strict());
        Optional<AdapterTensors> tensors = AdapterTensors.of(source, findings);
        if (tensors.isEmpty()) {
            return;
        }
        AdapterTensors adapter = tensors.get();
        new DeclaredNames(config, findings).check(adapter);
        NameMapping names = NameMapping.of(adapter, model, findings);
        List<Replacement> replacements = new Replacing(source, names, model, findings).plan(adapter);
        List<Merge> merges = new Merging(config, source, names, model, findings).plan(adapter);
        if (findings.failed()) {
            return;
        }
        adapter.originals()
                .forEach(key -> context.skipped(key, SkipReason.EXCLUDED, "the module as it was before training"));
        Set<String> changed = new LinkedHashSet<>();
        replacements.forEach(replacement -> changed.add(replacement.name()));
        merges.forEach(merge -> changed.add(merge.name()));
        changed.forEach(name -> part(name, changed, model, findings));
        // First, because a saved base is what the factors were trained on.
        replacements.forEach(replacement -> model.assign(replacement.name(), replacement.value()));
        merges.forEach(merge -> model.fold(merge.name(), merge.update()));
    }

    /** PEFT's files mean one name of a tensor that has several, since PEFT adapts modules. */
    private static void part(String name, Set<String> changed, ModelDraft model, Findings findings) {
        List<String> tied = model.part(name);
        List<String> unchanged =
                tied.stream().filter(other -> !changed.contains(other)).toList();
        if (!tied.isEmpty()) {
            findings.warn("`" + name + "` is one tensor with " + Quoting.names(unchanged.isEmpty() ? tied : unchanged)
                    + (unchanged.isEmpty()
                            ? ", and the adapter changes each by itself"
                            : ", which the adapter does not change")
                    + ": they are no longer tied");
        }
    }
}
