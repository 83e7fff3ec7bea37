package io.graft.modifiers.lora;

import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.ModifierContext;
import io.graft.layer.LayerKinds;
import io.graft.lora.dialect.AdapterDialects;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.lora.method.AdapterMethod;
import io.graft.lora.method.AdapterMethods;
import io.graft.model.ModelDraft;
import io.graft.model.rules.Rules;
import io.graft.modifiers.lora.config.AdapterConfig;
import io.graft.modifiers.lora.config.AdapterUse;
import io.graft.modifiers.lora.edit.Findings;
import io.graft.modifiers.lora.method.MethodSettings;
import io.graft.modifiers.lora.method.TrainedMethod;
import io.graft.modifiers.lora.reading.AdapterReading;
import io.graft.modifiers.lora.trained.TrainedAdapter;
import io.graft.modifiers.lora.use.MergedUse;
import io.graft.modifiers.lora.use.UpdateUse;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Merges a LoRA adapter into the weights that it adapts, whether PEFT, kohya's scripts, diffusers, MLX or torchtune wrote it, or a tool
 * whose dialect a jar brings. The model then computes alone what it computed with the
 * adapter. Linear layers, embeddings, convolutions, attention of PyTorch, the transposed linear layers of GPT-2 and the weights of
 * experts ({@code target_parameters}) are known, with the ranks and scales of the adapter's patterns, rank-stabilised scaling, DoRA,
 * biases, trained rows of embeddings, and modules that were trained and saved whole; those that the model lacks are added.
 *
 * <p>A quantized weight is dequantized for it, which is what an adapter on a quantized model was trained on, and becomes plain numbers;
 * with {@code requantize} it is quantized again, with the settings that it has.
 *
 * <p>The update is computed in 32 bits, in 64 for a weight of 64, added, and rounded once to the weight's dtype, however many
 * adapters a run merges: each is a modifier of its own, with its {@code weight}, and sees the weights as the ones before it give
 * them. An adapter that asks for more, or that does not fit the model in every tensor, is an error. A weight that the model has under
 * several names is changed under the one that the adapter names, and is no longer tied to the others; trained rows, and an adapter
 * that was trained with {@code ensure_weight_tying}, change all of them.
 */
@Modifier("lora-merge")
public final class LoraMergeModelModifier implements ModelModifier {
    private final LoraMergeOptions options;

    public LoraMergeModelModifier(LoraMergeOptions options) {
        this.options = options;
    }

    @Override
    public Optional<Record> options() {
        return Optional.of(options);
    }

    @Override
    public void apply(ModelDraft model, ModifierContext context) {
        Findings findings = new Findings(context, options.strict());
        Optional<AdapterDialects> dialects =
                AdapterReading.dialects(options.file().dialect(), findings);
        if (dialects.isEmpty()) {
            return;
        }
        AdapterReading reading = AdapterReading.of(options.adapterPath(), dialects.get(), model, context, findings);
        AdapterSettings settings = reading.adapter().settings();
        Rules rename = new Rules(options.file().rename()).toldBy(context.configuration());
        Optional<AdapterMethod> method = AdapterMethods.discover().find(settings.get("peft_type"));
        if (method.isPresent()) {
            LayerKinds kinds = LayerKinds.of(model, Map.of(), options.strict(), context);
            TrainedMethod trained = new TrainedMethod(method.get(), reading, model, kinds, findings);
            AdapterConfig config = MethodSettings.config(method.get(), trained.settings());
            UpdateUse use = use(config, reading, findings);
            trained.put(use, options.file().prefix(), rename);
        } else {
            AdapterConfig config = AdapterConfig.of(settings, AdapterUse.MERGE);
            UpdateUse use = use(config, reading, findings);
            new TrainedAdapter(reading, config, model, findings)
                    .put(use, options.file().prefix(), rename);
        }
    }

    private UpdateUse use(AdapterConfig config, AdapterReading reading, Findings findings) {
        OptionalDouble maxError = options.maxError().map(OptionalDouble::of).orElseGet(OptionalDouble::empty);
        return new MergedUse(options.weight(), options.requantize(), maxError, config, reading.source(), findings);
    }
}
