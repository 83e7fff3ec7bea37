package io.graft.checkpoint.safetensors;

import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.TensorName;
import io.graft.checkpoint.bytes.Refusals;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The shards of an index, which agree with it: every tensor lies in the one shard that the index names.
 *
 * @param tensors shard after shard, each in its header's order
 * @param metadata of the index and the shards; the first value of a key counts
 */
record ShardSet(Map<String, TensorEntry> tensors, Map<String, String> metadata, List<String> warnings) {
    static ShardSet open(Path index) throws IOException {
        ShardIndex listed = ShardIndex.read(index);
        ShardLocator locator = new ShardLocator(index);
        // All shards are found before the first is read.
        Map<String, Path> files = new TreeMap<>();
        for (String name : new TreeSet<>(listed.shards().values())) {
            files.put(name, locator.locate(name));
        }
        ShardSet set = new ShardSet(new LinkedHashMap<>(), new LinkedHashMap<>(listed.metadata()), new ArrayList<>());
        set.read(files, listed.shards(), new Refusals(index, SafetensorsFormat.ADVICE));
        for (String stale : locator.unlisted(files.keySet())) {
            set.warnings.add("the shard " + TensorName.printable(stale)
                    + " lies beside the index, which does not name it; ignored");
        }
        return set;
    }

    private void read(Map<String, Path> files, Map<String, String> listed, Refusals refusals) throws IOException {
        Map<String, String> holders = new HashMap<>();
        for (Map.Entry<String, Path> file : files.entrySet()) {
            SafetensorsFile shard = SafetensorsFile.open(file.getValue());
            for (TensorEntry tensor : shard.tensors().values()) {
                if (!listed.containsKey(tensor.name())) {
                    throw refusals.malformed("the shard " + shown(file.getKey()) + " holds tensor "
                            + shown(tensor.name()) + ", which the index does not list");
                }
                String other = holders.put(tensor.name(), file.getKey());
                if (other != null) {
                    throw refusals.malformed("tensor " + shown(tensor.name()) + " lies in two shards, " + shown(other)
                            + " and " + shown(file.getKey()));
                }
                tensors.put(tensor.name(), tensor);
            }
            shard.metadata().forEach(metadata::putIfAbsent);
        }
        for (Map.Entry<String, String> entry : listed.entrySet()) {
            String holder = holders.get(entry.getKey());
            if (!entry.getValue().equals(holder)) {
                throw refusals.malformed("the index places tensor " + shown(entry.getKey()) + " in the shard "
                        + shown(entry.getValue()) + ", which lacks it"
                        + (holder == null ? "" : " (" + shown(holder) + " holds it)"));
            }
        }
    }

    private static String shown(String text) {
        return "'" + TensorName.printable(text) + "'";
    }
}
