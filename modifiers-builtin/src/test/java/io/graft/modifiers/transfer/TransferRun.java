package io.graft.modifiers.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.Skipped;
import io.graft.model.Change;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.modifiers.RecordingContext;
import io.graft.modifiers.RecordingContext.ReportedError;
import io.graft.modifiers.Weights;
import java.util.List;

/** A transfer into a model, and what came of it. */
final class TransferRun {
    private final ModelDraft model;
    private final List<DraftTensor> before;
    private final RecordingContext context = new RecordingContext();

    private TransferRun(ModelDraft model) {
        this.model = model;
        this.before = List.copyOf(model.tensors());
    }

    static TransferRun of(ModelDraft model, Options options) {
        TransferRun run = new TransferRun(model);
        new TransferLearningModelModifier(options.options()).apply(model, run.context);
        return run;
    }

    /** The names of the tensors that got values, in order. */
    List<String> loaded() {
        return model.changes().stream()
                .filter(Change.Assigned.class::isInstance)
                .map(change -> ((Change.Assigned) change).name())
                .toList();
    }

    List<Float> values(String name) {
        return Weights.values(model, name);
    }

    List<Skipped> skipped() {
        return context.skipped;
    }

    List<String> missing() {
        return context.missing;
    }

    List<String> warnings() {
        return context.warnings;
    }

    List<Change> changes() {
        return model.changes();
    }

    ModelDraft model() {
        return model;
    }

    TransferRun succeeds() {
        assertEquals(List.of(), context.errors);
        return this;
    }

    /** Asserts that these are all errors, and that nothing changed. */
    TransferRun fails(ReportedError... errors) {
        assertEquals(List.of(errors), context.errors);
        assertEquals(before, List.copyOf(model.tensors()));
        assertEquals(List.of(), model.changes());
        return this;
    }
}
