package io.graft.modifiers.lora;

import io.graft.layer.LayerKind;
import io.graft.layer.LayerKinds;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.training.TensorKind;
import io.graft.model.tree.DottedPath;
import io.graft.modifiers.lora.config.AdapterConfig;
import io.graft.modifiers.lora.config.TokenIndices;
import io.graft.modifiers.lora.edit.Edit;
import io.graft.modifiers.lora.edit.Findings;
import io.graft.modifiers.lora.options.BiasTraining;
import io.graft.modifiers.lora.target.Targets;
import io.graft.modifiers.lora.update.Factors;
import io.graft.modifiers.lora.update.TrainedRows;
import io.graft.modifiers.lora.use.UpdateUse;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import io.graft.tensor.CastTensor;
import io.graft.tensor.LazyTensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Plans what a new adapter trains beside its factors: whole modules, biases, and rows of embeddings. It starts as the model has it. */
final class TrainedWhole {
    private static final String INDICES = "trainable-token-indices";

    private final AdapterConfig config;
    private final ModelDraft model;
    private final LayerKinds kinds;
    private final UpdateUse use;
    private final Findings findings;
    private final List<Edit> edits = new ArrayList<>();
    private final Set<String> moving = new HashSet<>();

    TrainedWhole(AdapterConfig config, ModelDraft model, LayerKinds kinds, UpdateUse use, Findings findings) {
        this.config = config;
        this.model = model;
        this.kinds = kinds;
        this.use = use;
        this.findings = findings;
    }

    /** @param adapted the modules that get factors */
    List<Edit> plan(BiasTraining bias, Set<String> adapted) {
        for (DraftTensor tensor : Targets.own(model).toList()) {
            String module = DottedPath.parent(tensor.name());
            if (tensor.kind() != TensorKind.PARAMETER || !tensor.dtype().isFloatingPoint()) {
                continue;
            }
            // What else ends so, such as in_proj_bias, PEFT neither saves nor loads.
            boolean isBias = tensor.name().equals("bias") || tensor.name().endsWith(".bias");
            if (config.saved().contain(module)) {
                tellOfStatistics(module);
                edits.add(use.saved(tensor, tensor.name(), started(tensor)));
            } else if (isBias
                    && (bias.kind() == BiasTraining.Kind.ALL
                            || (bias.kind() == BiasTraining.Kind.LORA_ONLY && adapted.contains(module)))) {
                String path = adapted.contains(module)
                        ? module + ".base_layer" + tensor.name().substring(module.length())
                        : tensor.name();
                tellOfStatistics(module);
                edits.add(use.saved(tensor, path, started(tensor)));
            }
        }
        config.tokens().byModule().forEach(this::planRows);
        return edits;
    }

    /** Those of a batch normalization move in training, unless nothing of it is trained. */
    private void tellOfStatistics(String module) {
        if (model.find(module + ".running_mean").isPresent() && moving.add(module)) {
            findings.warn("`" + module
                    + "` keeps running statistics, which move once its parameters are trained: they are no part of"
                    + " the adapter, and stay moved when it is switched off");
        }
    }

    /** As the model has it, of a quantized weight what its codes stand for; in the dtype of the factors. */
    private static LazyTensor started(DraftTensor tensor) {
        LazyTensor value = tensor.held().orElseGet(tensor::ground);
        return CastTensor.to(Factors.dtypeFor(value.dtype()), value);
    }

    private void planRows(String entry, List<Long> rows) {
        List<DraftTensor> embeddings = Targets.own(model)
                .filter(tensor ->
                        tensor.name().endsWith(".weight") && tensor.shape().rank() == 2)
                .filter(tensor -> isMeant(entry, tensor))
                .toList();
        if (embeddings.isEmpty()) {
            findings.error(
                    ProblemCode.UNMATCHED_SELECTOR,
                    INDICES,
                    entry.isEmpty()
                            ? "the model has no embedding that is known as that of its inputs"
                            : "`" + entry + "` names no embedding of the model",
                    "name it: trainable-token-indices { embed_tokens = [0, 1] }");
            return;
        }
        if (entry.isEmpty() && embeddings.size() > 1) {
            findings.error(
                    ProblemCode.UNMATCHED_SELECTOR,
                    INDICES,
                    "the model has several embeddings: "
                            + FirstFew.names(
                                    embeddings.stream().map(DraftTensor::name).toList()),
                    "name the one that is meant: trainable-token-indices { embed_tokens = [0, 1] }");
            return;
        }
        for (DraftTensor embedding : embeddings) {
            long count = embedding.shape().dimension(0);
            Optional<Long> beyond = rows.stream().filter(row -> row >= count).findFirst();
            if (beyond.isPresent()) {
                findings.error(
                        ProblemCode.OUT_OF_RANGE,
                        INDICES,
                        "`" + embedding.name() + "` has " + count + " rows, and no row " + beyond.get(),
                        "");
            } else {
                edits.add(use.update(
                        embedding,
                        DottedPath.parent(embedding.name()),
                        true,
                        TrainedRows.starting(rows.size() + " rows", started(embedding), rows)));
            }
        }
    }

    private boolean isMeant(String entry, DraftTensor tensor) {
        String module = DottedPath.parent(tensor.name());
        return TokenIndices.isNameOf(entry, module)
                && kinds.of(module, tensor).filter(LayerKind.EMBEDDING::equals).isPresent();
    }
}
