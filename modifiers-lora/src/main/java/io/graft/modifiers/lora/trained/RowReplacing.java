package io.graft.modifiers.lora.trained;

import io.graft.lora.dialect.AdapterSource;
import io.graft.model.DraftTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.modifiers.lora.config.AdapterConfig;
import io.graft.modifiers.lora.config.TokenIndices;
import io.graft.modifiers.lora.edit.Edit;
import io.graft.modifiers.lora.edit.Findings;
import io.graft.modifiers.lora.placing.NameMapping;
import io.graft.modifiers.lora.reading.AdapterTensors;
import io.graft.modifiers.lora.reading.TokenRows;
import io.graft.modifiers.lora.update.TrainedRows;
import io.graft.modifiers.lora.use.UpdateUse;
import io.graft.modifiers.lora.value.FiniteTensor;
import io.graft.problem.ProblemCode;
import io.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the embedding that trained rows belong to. What is tied to it gets them too, for PEFT trains the group as one. */
final class RowReplacing {
    private final AdapterConfig config;
    private final UpdateUse use;
    private final AdapterSource source;
    private final NameMapping names;
    private final Findings findings;

    RowReplacing(AdapterConfig config, UpdateUse use, AdapterSource source, NameMapping names, Findings findings) {
        this.config = config;
        this.use = use;
        this.source = source;
        this.names = names;
        this.findings = findings;
    }

    List<Edit> plan(AdapterTensors adapter) {
        List<Edit> edits = new ArrayList<>();
        for (TokenRows trained : adapter.rows()) {
            Optional<DraftTensor> target = names.find(trained.weight());
            Optional<List<Long>> tokens = config.tokens().of(trained.module());
            if (target.isEmpty()) {
                findings.error(
                        ProblemCode.UNEXPECTED_TENSOR,
                        "the adapter has trained rows for `" + trained.module() + "`, which the model does not have",
                        names.nearest(trained.weight()));
            } else if (tokens.isEmpty()) {
                findings.error(
                        ProblemCode.MISSING_TENSOR,
                        "the adapter has trained rows for `" + trained.module() + "`, and its `" + TokenIndices.KEY
                                + "` does not say which",
                        "the two files may be of different adapters");
            } else if (fit(trained, tokens.get(), target.get())) {
                replace(trained, tokens.get(), target.get(), edits);
            }
        }
        List<String> modules = adapter.rows().stream().map(TokenRows::module).toList();
        config.tokens()
                .unmatched(modules)
                .forEach(module -> findings.withoutEffect("the adapter's `" + TokenIndices.KEY + "` has `" + module
                        + "`, which is not a module that the adapter has rows for"));
        return edits;
    }

    private boolean fit(TokenRows trained, List<Long> tokens, DraftTensor target) {
        Shape rows = trained.rows().shape();
        boolean fits = target.shape().rank() == 2
                && target.dtype().isFloatingPoint()
                && trained.rows().dtype().isFloatingPoint()
                && rows.equals(Shape.of(tokens.size(), target.shape().dimension(1)))
                && tokens.stream().allMatch(token -> token < target.shape().dimension(0));
        if (!fits) {
            findings.error(
                    ProblemCode.SHAPE_MISMATCH,
                    "the trained rows of `" + target.name() + "` do not fit: " + rows + " in the adapter, for "
                            + tokens.size() + " rows up to "
                            + tokens.stream().max(Long::compare).orElseThrow() + ", and "
                            + target.shape() + " in the model",
                    "the adapter was trained on another model, or on one with another vocabulary");
        }
        return fits;
    }

    private void replace(TokenRows trained, List<Long> tokens, DraftTensor target, List<Edit> edits) {
        Parametrization update = TrainedRows.of(
                "take trained rows from " + source.uri(), new FiniteTensor(source, trained.rows()), tokens);
        edits.add(use.update(target, trained.module(), true, update));
    }
}
