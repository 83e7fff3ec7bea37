package io.graft.modifiers.lora.placing;

import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.rules.NameTable;
import io.graft.model.rules.NameTables;
import io.graft.model.rules.Rule;
import io.graft.model.rules.Rules;
import io.graft.modifiers.lora.config.AdapterConfig;
import io.graft.modifiers.lora.edit.Findings;
import io.graft.modifiers.lora.placing.NameMapping.Wanted;
import io.graft.modifiers.lora.reading.AdapterTensors;
import io.graft.modifiers.lora.reading.LowRank;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the weight of the model that each update is for. */
public final class Placing {
    private final AdapterConfig config;
    private final NameMapping names;
    private final ModelDraft model;
    private final Findings findings;

    public Placing(AdapterConfig config, NameMapping names, ModelDraft model, Findings findings) {
        this.config = config;
        this.names = names;
        this.model = model;
        this.findings = findings;
    }

    /** What an adapter needs to find in the model: a saved head may be missing there, but not what is adapted. */
    public static List<Wanted> wanted(AdapterTensors adapter, AdapterConfig config) {
        List<Wanted> wanted = new ArrayList<>();
        adapter.updates()
                .forEach(update -> wanted.add(new Wanted(
                        namesOf(update.module(), config),
                        shape -> !update.arrangements(shape).isEmpty())));
        adapter.rows()
                .forEach(rows -> wanted.add(new Wanted(
                        List.of(rows.weight()),
                        shape -> shape.rank() == 2
                                && shape.dimension(1) == rows.rows().shape().dimension(1))));
        if (wanted.isEmpty()) {
            adapter.whole().forEach((name, entry) -> wanted.add(new Wanted(List.of(name), entry.shape()::equals)));
        }
        return wanted;
    }

    /** The parameters that are adapted for themselves; else the weight, which attention of PyTorch calls otherwise. */
    static List<String> namesOf(String module, AdapterConfig config) {
        List<String> parameters = config.parameters().of(module);
        return parameters.isEmpty() ? List.of(module + ".weight", module + ".in_proj_weight") : parameters;
    }

    public List<Placement> plan(AdapterTensors adapter) {
        Map<String, List<LowRank>> byModule = new LinkedHashMap<>();
        adapter.updates()
                .forEach(update -> byModule.computeIfAbsent(update.module(), first -> new ArrayList<>())
                        .add(update));
        Map<LowRank, DraftTensor> weights = new LinkedHashMap<>();
        List<Placement> placements = new ArrayList<>();
        List<String> homeless = new ArrayList<>();
        byModule.forEach((module, updates) -> {
            List<String> parameters = config.parameters().of(module);
            Optional<DraftTensor> weight = names.find(namesOf(module, config));
            if (weight.isEmpty()) {
                homeless.add(module);
            } else if (parameters.isEmpty()) {
                updates.forEach(update -> weights.put(update, weight.get()));
            } else {
                placements.addAll(placeParameters(updates, parameters));
            }
        });
        reportHomeless(homeless, adapter);
        Orientation orientation = new Orientation(config.transposed(), model);
        weights.forEach(orientation::see);
        weights.forEach((update, weight) -> orientation
                .of(update, weight, findings)
                .ifPresent(way -> placements.add(new Placement(update, update.target(), weight, way))));
        return placements;
    }

    private List<Placement> placeParameters(List<LowRank> updates, List<String> parameters) {
        List<String> found =
                parameters.stream().filter(name -> names.find(name).isPresent()).toList();
        return new Nesting(config.version(), findings)
                .place(
                        updates,
                        found,
                        found.stream()
                                .map(name -> names.find(name).orElseThrow())
                                .toList());
    }

    /** The table of names by which the model has all that the adapter changes, as a question; empty if there is none. */
    private String table(AdapterTensors adapter) {
        List<Wanted> wanted = wanted(adapter, config);
        for (NameTable table : NameTables.discover().tables().values()) {
            for (boolean isInverse : table.numbers().isEmpty() ? List.of(true, false) : List.<Boolean>of()) {
                Renaming renaming =
                        Renaming.of(new Rules(List.of(new Rule.Table(table, Map.of(), isInverse))), adapter, config);
                if (renaming.isPossible() && names.wouldFind(wanted, renaming)) {
                    return "does the model have other names on disk than when it runs: rename = ["
                            + (isInverse ? "{ table = " + table.id() + ", inverse = true }" : table.id()) + "]?";
                }
            }
        }
        return "";
    }

    /** Whether the model has the names of llama.cpp, which no adapter of PEFT has. */
    private boolean isGguf() {
        return model.tensors().stream().anyMatch(tensor -> tensor.name().startsWith("blk.0."));
    }

    private void reportHomeless(List<String> homeless, AdapterTensors adapter) {
        if (homeless.isEmpty()) {
            return;
        }
        if (isGguf()) {
            findings.error(
                    ProblemCode.UNEXPECTED_TENSOR,
                    "the model has the names of llama.cpp (GGUF), and the adapter those of PyTorch: "
                            + FirstFew.names(homeless),
                    "merge into the model that the GGUF file was made from, and convert the result");
        } else {
            findings.error(
                    ProblemCode.UNEXPECTED_TENSOR,
                    "the adapter changes modules that the model does not have: " + FirstFew.names(homeless),
                    Stream.of(names.nearest(namesOf(homeless.get(0), config).get(0)), table(adapter))
                            .filter(help -> !help.isEmpty())
                            .collect(Collectors.joining(" or ")));
        }
    }
}
