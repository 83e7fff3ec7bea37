package io.graft.modifiers.lora.resize;

import io.graft.checkpoint.CheckpointException;
import io.graft.lora.dialect.Adapter;
import io.graft.lora.dialect.AdapterDialects;
import io.graft.lora.dialect.AdapterTarget;
import io.graft.lora.dialect.AdapterTensor;
import io.graft.lora.dialect.AdapterUpdate;
import io.graft.lora.dialect.OpenedAdapter;
import io.graft.modifiers.lora.config.AdapterConfig;
import io.graft.modifiers.lora.config.AdapterUse;
import io.graft.tensor.LazyTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Gives the updates of an adapter a lower rank, each as near to what it was as that rank allows, with its scale. The factors are read
 * and computed one pair after the other; what is written is of the dialect that the adapter is of.
 */
public final class AdapterResizer {
    private final TargetRank target;
    private final AdapterDialects dialects;

    public AdapterResizer(TargetRank target) {
        this(target, AdapterDialects.discover());
    }

    /** @param dialects the dialects that may be read */
    public AdapterResizer(TargetRank target, AdapterDialects dialects) {
        this.target = target;
        this.dialects = dialects;
    }

    /**
     * Writes the adapter anew: all of it, or nothing.
     *
     * @param adapter the folder that it was saved to, or its file of tensors
     * @param folder where the new one goes; it must not exist
     * @throws CheckpointException if the adapter cannot be read, or has an update whose rank cannot be changed
     * @throws IOException if files cannot be read or written; nothing is written then
     */
    public ResizedAdapter resize(Path adapter, Path folder) throws IOException {
        OpenedAdapter opened = OpenedAdapter.read(dialects, adapter, Optional.empty(), Optional.empty());
        List<ResizedUpdate> updates = new ArrayList<>();
        List<Adapter> resized = new ArrayList<>();
        for (Adapter each : opened.adapters()) {
            resized.add(resize(each, opened, updates));
        }
        if (updates.stream().allMatch(update -> update.from() == update.to())) {
            throw opened.refusal(
                    "no update has more than the rank that is asked for",
                    "ask for a lower rank, or for less of the energy");
        }
        return new ResizedAdapter(
                updates,
                List.of(),
                opened.write(resized, opened.dialect(), new AdapterTarget(Optional.empty(), Optional.empty()), folder));
    }

    private Adapter resize(Adapter adapter, OpenedAdapter opened, List<ResizedUpdate> all) throws IOException {
        Map<FactorPair, ResizedUpdate> updates = ranks(pairs(adapter, opened));
        all.addAll(updates.values());
        Map<AdapterTensor, LazyTensor> factors = new HashMap<>();
        Map<String, Integer> ranks = new LinkedHashMap<>();
        Map<String, Double> alphas = new LinkedHashMap<>();
        updates.forEach((pair, update) -> {
            factors.putAll(pair.resized(update.to()));
            ranks.merge(update.target(), update.to(), Math::max);
            double ratio = (double) update.to() / update.from();
            alphas.put(
                    update.target(),
                    adapter.settings().alpha(update.target(), update.from())
                            * (adapter.settings().isRankStabilised() ? Math.sqrt(ratio) : ratio));
        });
        return adapter.with(
                adapter.tensors().stream()
                        .map(tensor -> tensor.with(factors.getOrDefault(tensor, tensor.value())))
                        .toList(),
                adapter.settings().withRanks(ranks, alphas));
    }

    private static List<FactorPair> pairs(Adapter adapter, OpenedAdapter opened) {
        AdapterConfig config = AdapterConfig.of(adapter.settings(), AdapterUse.RESIZE);
        List<AdapterUpdate> updates = adapter.updates();
        if (updates.isEmpty()) {
            throw opened.refusal("holds no low-rank update", "name an adapter of LoRA");
        }
        for (AdapterUpdate update : updates) {
            if (!config.parameters().of(update.module()).isEmpty()) {
                throw opened.refusal(
                        "`" + update.module()
                                + "` is an update of parameters, as of experts, and its rank cannot be changed",
                        "merge the adapter with lora-merge, or use it as it is");
            }
        }
        return updates.stream()
                .map(update -> new FactorPair(update, opened.file(), "its rank cannot be changed"))
                .toList();
    }

    /** PEFT has one rank for all updates of a module that its lists name: the highest that one of them needs. */
    private Map<FactorPair, ResizedUpdate> ranks(List<FactorPair> pairs) throws IOException {
        Map<FactorPair, SingularValues> found = new LinkedHashMap<>();
        Map<String, Integer> highest = new LinkedHashMap<>();
        for (FactorPair pair : pairs) {
            SingularValues values = pair.singularValues();
            found.put(pair, values);
            highest.merge(pair.update().target(), target.of(pair.rank(), values), Math::max);
        }
        Map<FactorPair, ResizedUpdate> updates = new LinkedHashMap<>();
        found.forEach((pair, values) -> {
            int rank = Math.min(highest.get(pair.update().target()), pair.rank());
            updates.put(pair, pair.described(rank, values));
        });
        return updates;
    }
}
