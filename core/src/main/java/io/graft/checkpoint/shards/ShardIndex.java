package io.graft.checkpoint.shards;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.bytes.Place;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.bytes.StrictJson;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The index of a sharded checkpoint, as transformers writes it.
 *
 * @param shards tensor name to file name, in the index's order
 * @param metadata what stands beside it, without the totals that follow from the tensors
 */
public record ShardIndex(Map<String, String> shards, Map<String, String> metadata) {
    private static final long LARGEST = 10_000_000;
    private static final Set<String> TOTALS = Set.of("total_size", "total_parameters");

    /**
     * Reads an index; its shards need not be there.
     *
     * @throws CheckpointException if it is malformed or refused
     */
    public static ShardIndex read(Path path, ShardKind kind) throws IOException {
        Refusals refusals = new Refusals(path, kind.advice());
        long size = Files.size(path);
        if (size > LARGEST) {
            throw refusals.refused("the index has " + size + " bytes, more than " + LARGEST);
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(path));
                StrictJson json = new StrictJson(in, refusals, "the index")) {
            return parse(json, refusals);
        }
    }

    /** The names of the shards, sorted. */
    public SortedSet<String> names() {
        return new TreeSet<>(shards.values());
    }

    private static ShardIndex parse(StrictJson json, Refusals refusals) throws IOException {
        Map<String, String> shards = null;
        Map<String, String> metadata = new LinkedHashMap<>();
        json.enterDocument();
        for (String key = json.nextKey(); key != null; key = json.nextKey()) {
            switch (key) {
                case "weight_map" -> {
                    if (shards != null) {
                        throw refusals.malformed("the index holds weight_map twice");
                    }
                    shards = weightMap(json, refusals);
                }
                case "metadata" -> {
                    json.enterObject("metadata");
                    for (String name = json.nextKey(); name != null; name = json.nextKey()) {
                        String value = json.scalar();
                        if (value != null && !TOTALS.contains(name)) {
                            metadata.put(name, value);
                        }
                    }
                }
                default -> json.scalar();
            }
        }
        json.leaveDocument();
        if (shards == null) {
            throw refusals.malformed("the index has no weight_map");
        }
        return new ShardIndex(shards, metadata);
    }

    private static Map<String, String> weightMap(StrictJson json, Refusals refusals) throws IOException {
        Map<String, String> shards = new LinkedHashMap<>();
        json.enterObject("weight_map");
        for (String tensor = json.nextKey(); tensor != null; tensor = json.nextKey()) {
            Place place = new Place("tensor", tensor);
            if (shards.put(tensor, json.text(new Place("weight_map", place))) != null) {
                throw refusals.malformed("the index holds " + place + " twice");
            }
        }
        return shards;
    }
}
