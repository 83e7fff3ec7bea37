package io.graft.modifiers.lora;

import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.ModifierContext;
import io.graft.SkipReason;
import io.graft.SourceCheckpoint;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.model.ModelDraft;
import java.util.List;
import java.util.Optional;

/**
 * Merges a LoRA adapter of PEFT into the weights that it adapts. The model then computes alone what it computed with the
 * adapter. Linear layers, embeddings and the transposed linear layers of GPT-2 are known, with the ranks and scales of the
 * adapter's patterns, rank-stabilised scaling, biases, and modules that were trained and saved whole.
 *
 * <p>The update is computed in 32 bits, added, and rounded once to the weight's dtype. An adapter that asks for more, or that
 * does not fit the model in every tensor, is an error.
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
        // First, because a saved base is what the factors were trained on.
        replacements.forEach(replacement -> model.assign(replacement.name(), replacement.value()));
        merges.forEach(merge -> model.fold(merge.name(), merge.update()));
    }
}
