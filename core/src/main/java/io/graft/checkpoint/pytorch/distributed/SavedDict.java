package io.graft.checkpoint.pytorch.distributed;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.pytorch.pickle.PickleValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Binary;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Global;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.StorageRef;
import io.graft.checkpoint.pytorch.pickle.PickleValue.TensorValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Text;
import io.graft.checkpoint.pytorch.state.ModelState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The dict that was saved, put together again of what {@code .metadata} flattened: tensors by their full names, and no data. */
final class SavedDict {
    private static final Global UNTOLD = new Global("torch", "uint8");

    private final Refusals refusals;
    private final Mapping root = new Mapping("dict");
    private final Map<List<String>, Mapping> dicts = new HashMap<>();
    private final Set<List<String>> leaves = new HashSet<>();

    private SavedDict(Refusals refusals) {
        this.refusals = refusals;
        dicts.put(List.of(), root);
    }

    /**
     * The dict. A name whose keys are not told lies at the top, unless its first segment is one of an optimizer or another thing that is
     * no model: that is a dict of its own then.
     *
     * @throws CheckpointException if a key leads to a tensor and to others as well
     */
    static Mapping of(StorageMetadata metadata, Refusals refusals) {
        SavedDict dict = new SavedDict(refusals);
        metadata.tensors().forEach((name, tensor) -> dict.put(path(name, metadata), described(tensor)));
        metadata.objects().forEach(name -> dict.put(path(name, metadata), new Binary("")));
        return dict.root;
    }

    /** The full name of a tensor of the dict. */
    static String name(TensorValue tensor) {
        return tensor.storage().key();
    }

    private static TensorValue described(SavedTensor tensor) {
        Global type = tensor.type().orElse(UNTOLD);
        return new TensorValue(
                new StorageRef(tensor.name(), type, "cpu", 0),
                0,
                tensor.size(),
                List.of(),
                Optional.of(type),
                "",
                Optional.empty());
    }

    private static List<String> path(String name, StorageMetadata metadata) {
        List<String> told = metadata.paths().get(name);
        if (told != null) {
            return told;
        }
        int dot = name.indexOf('.');
        return dot > 0 && ModelState.isNoModel(name.substring(0, dot))
                ? List.of(name.substring(0, dot), name.substring(dot + 1))
                : List.of(name);
    }

    private void put(List<String> path, PickleValue value) {
        dict(path.subList(0, path.size() - 1)).put(new Text(path.get(path.size() - 1)), value);
        leaves.add(path);
        requireOne(path);
    }

    private void requireOne(List<String> path) {
        if (leaves.contains(path) && dicts.containsKey(path)) {
            throw refusals.malformed(
                    "the key " + Refusals.quote(String.join(".", path)) + " leads to a tensor, and to others as well");
        }
    }

    private Mapping dict(List<String> path) {
        Mapping known = dicts.get(path);
        if (known != null) {
            return known;
        }
        Mapping made = new Mapping("dict");
        dict(path.subList(0, path.size() - 1)).put(new Text(path.get(path.size() - 1)), made);
        dicts.put(path, made);
        requireOne(path);
        return made;
    }
}
