package io.graft.training.checkpoint;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * As {@link SafetensorsForm} has them.
 *
 * @param slots as the file tells them
 */
record OwnStates(Checkpoint optimizer, Set<String> slots) implements SavedStates {
    private static final String STEP = SafetensorsForm.name(SafetensorsForm.STEP, "");

    @Override
    public Map<String, State> byName(Map<String, OptimizedParameter> parameters) {
        Map<String, TensorEntry> stored = optimizer.tensors();
        Map<String, State> states = new LinkedHashMap<>();
        for (TensorEntry entry : stored.values()) {
            if (entry.name().startsWith(STEP)) {
                String name = entry.name().substring(STEP.length());
                Map<String, TensorEntry> arrays = new LinkedHashMap<>();
                for (String slot : slots) {
                    TensorEntry array = stored.get(SafetensorsForm.name(slot, name));
                    if (array != null) {
                        arrays.put(slot, array);
                    }
                }
                states.put(name, new State(count(entry), arrays));
            }
        }
        return states;
    }

    private static long count(TensorEntry entry) {
        try {
            ByteBuffer bytes = entry.data().window(0, Long.BYTES);
            return bytes.getLong();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
