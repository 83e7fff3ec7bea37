package io.graft.modifiers.transfer;

import io.graft.SkipReason;
import io.graft.SourceCheckpoint;
import io.graft.model.ModelDraft;
import io.graft.tensor.LazyTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tensors of a checkpoint by the names that they go by: their keys without the segments that wrappers of PyTorch put into them.
 *
 * @param values in the checkpoint's order
 * @param keys the checkpoint's own, by those names
 */
record SourceTensors(Map<String, LazyTensor> values, Map<String, String> keys) {
    static SourceTensors of(SourceCheckpoint source, ModelDraft model) {
        Wrappers wrappers = Wrappers.of(model);
        Map<String, LazyTensor> values = new LinkedHashMap<>();
        Map<String, String> keys = new LinkedHashMap<>();
        source.checkpoint().tensors().forEach((key, entry) -> {
            String unwrapped = wrappers.unwrapped(key);
            String name = keys.containsKey(unwrapped) || isTaken(source, key, unwrapped) ? key : unwrapped;
            keys.put(name, key);
            values.put(name, source.tensor(entry));
        });
        return new SourceTensors(values, keys);
    }

    private static boolean isTaken(SourceCheckpoint source, String key, String unwrapped) {
        return !unwrapped.equals(key) && source.checkpoint().tensors().containsKey(unwrapped);
    }

    /** How many keys have segments of wrappers. */
    long wrapped() {
        return keys.entrySet().stream()
                .filter(each -> !each.getKey().equals(each.getValue()))
                .count();
    }

    /**
     * The tensors after the prefix step.
     *
     * @param unprefixed gets those that take no part in it
     */
    SourceTensors after(Prefix prefix, List<Skip> unprefixed) {
        Map<String, LazyTensor> prefixed = new LinkedHashMap<>();
        Map<String, String> own = new LinkedHashMap<>();
        keys.forEach((name, key) -> prefix.apply(name)
                .ifPresentOrElse(
                        applied -> {
                            prefixed.put(applied, values.get(name));
                            own.put(applied, key);
                        },
                        () -> unprefixed.add(new Skip(
                                new Candidate(List.of(key), key, values.get(name)),
                                SkipReason.NOT_IN_MODEL,
                                "without the prefix " + prefix.option()))));
        return new SourceTensors(prefixed, own);
    }
}
