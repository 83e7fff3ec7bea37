package io.graft.modifiers.quantization;

import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.ModifierContext;
import io.graft.model.ModelDraft;
import java.util.Map;
import java.util.Optional;

/**
 * Gives weights fewer bits: integers or the codes of a few numbers, with scales for rows or groups of them. A file gets them in a layout
 * that others read, {@code config.json} says so where there is one, and in memory a layer holds them in place of its weight, which is
 * frozen; an adapter can stand on it. Opened again, the model has the very values that it has now.
 *
 * <p>The plan tells how large each weight becomes and which error weights have that are normally distributed; what is carried out is
 * measured on the way, and given up beyond {@code max-error}. Weights of F16, BF16 and F32 that are finite numbers can be quantized; those
 * that are quantized already, or that the model has under several names, stay as they are, and that is told.
 */
@Modifier("quantization")
public final class QuantizationModelModifier implements ModelModifier {
    private final QuantizationOptions options;

    public QuantizationModelModifier(QuantizationOptions options) {
        this.options = options;
    }

    @Override
    public Optional<Record> options() {
        return Optional.of(options);
    }

    @Override
    public void apply(ModelDraft model, ModifierContext context) {
        Targets targets = new Targets(model, options, context);
        Map<String, String> found = targets.find();
        if (!context.failed()) {
            new Quantizing(model, options, context, targets).run(found);
        }
    }
}
