package io.graft.report;

import io.graft.Totals;
import io.graft.model.ModelDraft;
import io.graft.tensor.Shape;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model as a table, a row for each module, in the form that people know from torchinfo: path, type, shapes, number of parameters,
 * whether they are trained.
 *
 * @param rows the model itself first, each module before those in it
 * @param totals what all of it adds up to
 */
public record ModelTable(List<Row> rows, Totals totals) {
    public ModelTable {
        rows = List.copyOf(rows);
    }

    /** How much of a module, with all that is in it, is trained. */
    public enum Trained {
        YES,
        NO,
        PARTLY,

        /** There are no parameters in it. */
        NOTHING
    }

    /**
     * A module.
     *
     * @param path canonical path; empty for the model itself
     * @param type the layer's type, {@code Linear}; empty if unknown, as in a bare checkpoint
     * @param parameters shapes of its own parameters and of those that adapters put on them, by their names in it
     * @param kernels what runs where quantized ones of these are multiplied with, by their names; empty where nobody asks a live model
     * @param elements how many numbers its own parameters have; what stands under another name before counts there
     */
    public record Row(
            String path,
            String type,
            Map<String, Shape> parameters,
            Map<String, String> kernels,
            long elements,
            Trained trained) {
        public Row {
            parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
            kernels = Map.copyOf(kernels);
        }
    }

    /** The table of a model as a draft has it: that of a live target before any edit is the model as it is now. */
    public static ModelTable of(ModelDraft model) {
        return of(model, Map.of());
    }

    /**
     * The same of a live model.
     *
     * @param kernels what runs where quantized weights are multiplied with, by the names of the weights
     */
    public static ModelTable of(ModelDraft model, Map<String, String> kernels) {
        return new ModelTable(new ModelTableRows(model, kernels).rows(), Totals.of(List.copyOf(model.tensors())));
    }

    /** With a line for each module, and PEFT's line at the end. */
    public String text() {
        return ModelTableText.of(this);
    }
}
