package io.graft.checkpoint.layout;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The stored tensors of one section, over all shards, and what is said of them. */
public final class StoredTensors {
    private final Map<String, Part> byName = new LinkedHashMap<>();
    private final ModelConfiguration configuration;
    private final Map<String, String> metadata;

    /**
     * @param metadata the text metadata of the file
     */
    public StoredTensors(Collection<Part> parts, ModelConfiguration configuration, Map<String, String> metadata) {
        parts.forEach(part -> byName.put(part.name(), part));
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

    /** What lies beside the model as {@code config.json}; empty if nothing does. */
    public ModelConfiguration configuration() {
        return configuration;
    }

    public Map<String, String> metadata() {
        return metadata;
    }
}
