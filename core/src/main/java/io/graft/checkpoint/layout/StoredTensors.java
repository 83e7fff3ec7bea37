package io.graft.checkpoint.layout;

import io.graft.tensor.DType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The stored tensors of one section, over all shards, and what is said of them. */
public final class StoredTensors {
    private final Map<String, Part> byName = new LinkedHashMap<>();
    private final Map<String, List<Part>> byLast = new LinkedHashMap<>();
    private final Set<DType> dtypes = EnumSet.noneOf(DType.class);
    private final ModelConfiguration configuration;
    private final Map<String, String> metadata;

    /**
     * @param metadata the text metadata of the file
     */
    public StoredTensors(Collection<Part> parts, ModelConfiguration configuration, Map<String, String> metadata) {
        for (Part part : parts) {
            byName.put(part.name(), part);
            byLast.computeIfAbsent(part.last(), first -> new ArrayList<>()).add(part);
            dtypes.add(part.dtype());
        }
        this.configuration = configuration;
        this.metadata = Map.copyOf(metadata);
    }

    /** In the order of the file. */
    public Collection<Part> all() {
        return Collections.unmodifiableCollection(byName.values());
    }

    /** The tensor of a name. */
    public Optional<Part> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** The tensor in the module of another one, by its name's last segment; nothing is looked for where none is called so. */
    public Optional<Part> sibling(Part part, String last) {
        return byLast.containsKey(last) ? find(part.sibling(last)) : Optional.empty();
    }

    /** The last segments of all names. */
    public Set<String> lasts() {
        return Collections.unmodifiableSet(byLast.keySet());
    }

    /** The tensors whose names have a last segment, in the order of the file: of a model, a few are asked rather than all. */
    public List<Part> called(String last) {
        return Collections.unmodifiableList(byLast.getOrDefault(last, List.of()));
    }

    /** The dtypes that there are. */
    public Set<DType> dtypes() {
        return Collections.unmodifiableSet(dtypes);
    }

    /** What lies beside the model as {@code config.json}; empty if nothing does. */
    public ModelConfiguration configuration() {
        return configuration;
    }

    public Map<String, String> metadata() {
        return metadata;
    }
}
