package io.graft.report;

import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.Ties;
import io.graft.model.parametrization.Owner;
import io.graft.model.training.TensorKind;
import io.graft.model.tree.DottedPath;
import io.graft.report.ModelTable.Row;
import io.graft.report.ModelTable.Trained;
import io.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Collects what is in each module of a model. */
final class ModelTableRows {
    private final ModelDraft model;
    private final Ties ties;
    private final Map<String, Map<String, Shape>> parameters = new HashMap<>();
    private final Map<String, String> kernels;
    private final Map<String, Map<String, String>> running = new HashMap<>();
    private final Map<String, Long> elements = new HashMap<>();
    private final Set<String> trained = new HashSet<>();
    private final Set<String> frozen = new HashSet<>();

    /** Modules with tensors of the model itself; an adapter's names span none. */
    private final Set<String> holding = new HashSet<>();

    /**
     * @param kernels what runs, by the names of weights
     */
    ModelTableRows(ModelDraft model, Map<String, String> kernels) {
        this.model = model;
        this.kernels = kernels;
        this.ties = Ties.of(model.tensors());
        model.tensors().forEach(this::add);
    }

    private void add(DraftTensor tensor) {
        String path = DottedPath.parent(tensor.owner().map(Owner::tensor).orElse(tensor.name()));
        addAround(path, holding);
        if (tensor.kind() == TensorKind.PARAMETER) {
            boolean inside = !path.isEmpty() && tensor.name().startsWith(path + ".");
            String name = inside ? tensor.name().substring(path.length() + 1) : tensor.name();
            parameters.computeIfAbsent(path, first -> new LinkedHashMap<>()).put(name, tensor.shape());
            if (kernels.containsKey(tensor.name())) {
                running.computeIfAbsent(path, first -> new HashMap<>()).put(name, kernels.get(tensor.name()));
            }
            elements.merge(path, ties.counts(tensor) ? tensor.shape().elementCount() : 0, Long::sum);
            addAround(path, tensor.trainable() ? trained : frozen);
        }
    }

    List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        rows.add(row(""));
        for (String path : model.tree().modules()) {
            if (!model.tree().moduleType(path).isEmpty() || holding.contains(path)) {
                rows.add(row(path));
            }
        }
        return rows;
    }

    private Row row(String path) {
        return new Row(
                path,
                model.tree().moduleType(path),
                parameters.getOrDefault(path, Map.of()),
                running.getOrDefault(path, Map.of()),
                elements.getOrDefault(path, 0L),
                trained(path));
    }

    private Trained trained(String path) {
        if (trained.contains(path)) {
            return frozen.contains(path) ? Trained.PARTLY : Trained.YES;
        }
        return frozen.contains(path) ? Trained.NO : Trained.NOTHING;
    }

    private static void addAround(String path, Set<String> modules) {
        String at = path;
        while (modules.add(at) && !at.isEmpty()) {
            at = DottedPath.parent(at);
        }
    }
}
