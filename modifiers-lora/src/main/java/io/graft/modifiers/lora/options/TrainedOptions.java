package io.graft.modifiers.lora.options;

import io.graft.config.Default;
import io.graft.layer.Names;
import java.util.Optional;

/**
 * Options of what is trained beside the updates.
 *
 * @param bias which biases are trained and saved with the adapter: {@code none}, {@code all}, or those of adapted modules ({@code
 *     lora-only})
 * @param modulesToSave modules that are trained whole and saved with the adapter, as a new head; the model's own values stay below them
 * @param trainableTokenIndices rows of embeddings that are trained: a list for the embedding of the inputs, or an object with a list for
 *     each name of an embedding
 * @param ensureWeightTying whether a tensor that the model has under several names is adapted under all of them; if not, it is no longer
 *     one tensor
 */
public record TrainedOptions(
        @Default("none") BiasTraining bias,
        Optional<Names> modulesToSave,
        Optional<RowNumbers> trainableTokenIndices,
        @Default("false") boolean ensureWeightTying) {}
