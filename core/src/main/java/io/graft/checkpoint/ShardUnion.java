package io.graft.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** The tensors of several files as one checkpoint: file after file, each in its own order, every tensor in one of them. */
public final class ShardUnion {
    private final Map<String, TensorEntry> tensors = new LinkedHashMap<>();
    private final Map<String, String> holders = new HashMap<>();
    private final Map<String, String> metadata;
    private final List<String> warnings = new ArrayList<>();

    /**
     * @param metadata texts that count before those of the files
     */
    public ShardUnion(Map<String, String> metadata) {
        this.metadata = new LinkedHashMap<>(metadata);
    }

    /**
     * Adds a file. Of metadata that several hold, the first one's count.
     *
     * @param name the file's, for messages
     * @param inTwo what is wrong with a tensor, by its name, that another file, by its own, holds as well
     */
    public void add(String name, Checkpoint shard, BiFunction<String, String, CheckpointException> inTwo) {
        for (TensorEntry tensor : shard.stored().values()) {
            String other = holders.put(tensor.name(), name);
            if (other != null) {
                throw inTwo.apply(tensor.name(), other);
            }
            tensors.put(tensor.name(), tensor);
        }
        shard.metadata().forEach(metadata::putIfAbsent);
        shard.warnings().forEach(warning -> warn("the shard " + TensorName.printable(name) + ": " + warning));
    }

    /** Adds what a person should know of all of them. */
    public void warn(String warning) {
        warnings.add(warning);
    }

    /** The name of the file that holds a tensor. */
    public Optional<String> holder(String tensor) {
        return Optional.ofNullable(holders.get(tensor));
    }

    /** Whether none holds a tensor. */
    public boolean isEmpty() {
        return tensors.isEmpty();
    }

    /**
     * The checkpoint.
     *
     * @param path by which it is opened
     * @param format the id of the format of its files
     */
    public Checkpoint checkpoint(Path path, String format) {
        return new Checkpoint(
                path,
                format,
                "state_dict",
                Collections.unmodifiableMap(tensors),
                Collections.unmodifiableMap(metadata),
                warnings);
    }
}
