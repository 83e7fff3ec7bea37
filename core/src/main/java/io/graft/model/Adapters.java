package io.graft.model;

import io.graft.model.parametrization.Adapter;
import io.graft.model.parametrization.Applied;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.parametrization.Role;
import io.graft.tensor.CastTensor;
import io.graft.tensor.LazyTensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The adapters of a draft by their names, each with the weight that it counts with. */
final class Adapters {
    private final StateDict dict;
    private final Parametrizing parametrizing;
    private final Storages storages;
    private final Map<String, Double> weights = new LinkedHashMap<>();

    /**
     * @param dict may have adapters already
     */
    Adapters(StateDict dict, Parametrizing parametrizing, Storages storages) {
        this.dict = dict;
        this.parametrizing = parametrizing;
        this.storages = storages;
        for (DraftTensor tensor : dict.tensors()) {
            for (Applied applied : tensor.parametrizations()) {
                if (!applied.adapter().isEmpty()) {
                    weights.putIfAbsent(applied.adapter(), applied.weight());
                }
            }
        }
    }

    void adapt(String name, String adapter, Parametrization parametrization) {
        if (parametrization.role() != Role.ADAPTER) {
            throw new IllegalArgumentException(
                    "`" + parametrization.id() + "` is a storage, which is no part of an adapter");
        }
        if (adapter.isEmpty() || adapter.contains(".")) {
            throw new IllegalArgumentException(
                    "`" + adapter + "` cannot be the name of an adapter: it is one word without dots");
        }
        if (adapter.equals(Adapter.BASE)) {
            throw new IllegalArgumentException(
                    "`" + adapter + "` cannot be the name of an adapter: rows of a batch that have none are called so");
        }
        DraftTensor tensor = parametrizing.free(name);
        if (of(adapter, tensor).isPresent()) {
            throw new IllegalArgumentException("`" + name + "` has the adapter `" + adapter + "` already");
        }
        parametrizing.put(tensor, adapter, parametrization, weights.getOrDefault(adapter, 1.0));
        weights.putIfAbsent(adapter, 1.0);
    }

    void remove(String adapter) {
        List<Applied> gone = new ArrayList<>();
        for (DraftTensor tensor : adaptedBy(adapter)) {
            Applied applied = of(adapter, tensor).orElseThrow();
            gone.add(applied);
            dict.edit(
                    Parametrizing.without(tensor, applied),
                    each -> new Change.Unparametrized(
                            each, adapter, applied.parametrization().id()));
        }
        dropUnused(gone);
    }

    /** Makes what an adapter computes the base of its tensors. */
    void foldAdapter(String adapter) {
        List<DraftTensor> tensors =
                adaptedBy(adapter).stream().map(storages::unstored).toList();
        for (DraftTensor tensor : tensors) {
            for (Applied below : tensor.parametrizations()) {
                if (below.adapter().equals(adapter)) {
                    break;
                }
                if (below.isActive()) {
                    throw new IllegalArgumentException("`" + tensor.name() + "` has the adapter `" + below.adapter()
                            + "` below `" + adapter + "`: fold that first, or make it inactive");
                }
            }
        }
        List<Applied> gone = new ArrayList<>();
        for (DraftTensor tensor : tensors) {
            Applied applied = of(adapter, tensor).orElseThrow();
            gone.add(applied);
            parametrizing.fold(tensor, applied);
        }
        dropUnused(gone);
    }

    void activate(Map<String, Double> weightOfAdapter) {
        Adapter.require(weights.keySet(), weightOfAdapter);
        for (String adapter : List.copyOf(weights.keySet())) {
            double weight = weightOfAdapter.getOrDefault(adapter, 0.0);
            for (DraftTensor tensor : adaptedBy(adapter)) {
                Applied applied = of(adapter, tensor).orElseThrow();
                if (applied.weight() != weight) {
                    dict.edit(
                            tensor.withParametrizations(tensor.parametrizations().stream()
                                    .map(each -> each.equals(applied) ? applied.withWeight(weight) : each)
                                    .toList()),
                            each -> new Change.Activated(each, adapter, weight));
                }
            }
            weights.put(adapter, weight);
        }
    }

    /** In the order in which they came. */
    List<Adapter> all() {
        Map<String, Map<String, Applied>> byAdapter = new LinkedHashMap<>();
        weights.keySet().forEach(adapter -> byAdapter.put(adapter, new LinkedHashMap<>()));
        for (DraftTensor tensor : dict.tensors()) {
            for (Applied applied : dict.counts(tensor) ? tensor.parametrizations() : List.<Applied>of()) {
                if (!applied.adapter().isEmpty()) {
                    byAdapter.get(applied.adapter()).put(tensor.name(), applied);
                }
            }
        }
        return byAdapter.entrySet().stream()
                .map(entry -> new Adapter(
                        entry.getKey(),
                        weights.get(entry.getKey()),
                        entry.getValue(),
                        bases(entry.getValue().keySet())))
                .toList();
    }

    private Map<String, LazyTensor> bases(Collection<String> names) {
        Map<String, LazyTensor> bases = new HashMap<>();
        for (String name : names) {
            DraftTensor tensor = dict.find(name).orElseThrow();
            if (!tensor.cameStored()) {
                bases.put(name, CastTensor.to(tensor.dtype(), tensor.base()));
            }
        }
        return bases;
    }

    /** What nothing needs any more, now that parametrizations are gone: tensors that they owned, and adapters that stand on nothing. */
    void dropUnused(Collection<Applied> gone) {
        parametrizing.dropUnused(gone);
        Set<String> adapters = gone.stream().map(Applied::adapter).collect(Collectors.toSet());
        weights.keySet()
                .removeIf(adapter -> adapters.contains(adapter)
                        && !parametrizing.isAnywhere(other -> other.adapter().equals(adapter)));
    }

    /** Each once, however many names it has. */
    private List<DraftTensor> adaptedBy(String adapter) {
        Adapter.require(weights.keySet(), adapter);
        return dict.tensors().stream()
                .filter(tensor -> dict.counts(tensor) && of(adapter, tensor).isPresent())
                .toList();
    }

    private static Optional<Applied> of(String adapter, DraftTensor tensor) {
        for (Applied applied : tensor.parametrizations()) {
            if (applied.adapter().equals(adapter)) {
                return Optional.of(applied);
            }
        }
        return Optional.empty();
    }
}
