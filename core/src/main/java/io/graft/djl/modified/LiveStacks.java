package io.graft.djl.modified;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parametrizations of a block as they are now, and what was computed of them for inference. Whatever changes them is seen by the
 * next forward; one under way goes on with what it began with. Used by many threads.
 */
final class LiveStacks {
    private Map<Parameter, ParametrizationStack> stacks = Map.of();
    private @Nullable Snapshot cached;
    private long version;

    /** The forwards that are under way. */
    private final Set<Use> open = new HashSet<>();

    private final List<Waiting> waiting = new ArrayList<>();

    /** Parameters that are freed when some forwards have ended. */
    private record Waiting(Set<Use> users, List<Parameter> dropped) {}

    /** A parameter on a device. */
    record Key(Parameter parameter, Device device) {}

    /** Weights computed for inference; closed when neither the cache nor a forward has them any more. */
    private static final class Snapshot {
        private final Map<Key, NDArray> weights;
        private final NDManager manager;
        private int users = 1;

        Snapshot(Map<Key, NDArray> weights, NDManager manager) {
            this.weights = weights;
            this.manager = manager;
        }
    }

    /** What one forward works with, from its beginning to its end. */
    final class Use implements AutoCloseable {
        private final Map<Parameter, ParametrizationStack> stacks;
        private final @Nullable Snapshot cached;
        private final long version;

        private Use(Map<Parameter, ParametrizationStack> stacks, @Nullable Snapshot cached, long version) {
            this.stacks = stacks;
            this.cached = cached;
            this.version = version;
            open.add(this);
        }

        /** For rows that have adapters of their own: of what was computed for all of them, nothing is used, and nothing is kept. */
        private Use(Map<Parameter, ParametrizationStack> mixed) {
            this(mixed, null, -1);
        }

        Map<Parameter, ParametrizationStack> stacks() {
            return stacks;
        }

        /** A weight that an earlier forward computed, or null. */
        @Nullable
        NDArray cached(Key key) {
            return cached == null ? null : cached.weights.get(key);
        }

        /** Keeps weights for the forwards that follow, unless something has changed meanwhile. */
        void keep(Map<Key, NDArray> weights, NDManager parent) {
            if (cached == null && !weights.isEmpty()) {
                publish(new HashMap<>(weights), parent, version);
            }
        }

        @Override
        public void close() {
            end(this);
        }
    }

    synchronized Map<Parameter, ParametrizationStack> now() {
        return stacks;
    }

    /** Begins a forward. Training changes what weights are computed from, so nothing is kept beyond it. */
    synchronized Use begin(boolean training) {
        if (training) {
            drop();
        } else if (cached != null) {
            cached.users++;
        }
        return new Use(stacks, cached, version);
    }

    /**
     * Begins a forward of rows that have adapters of their own.
     *
     * @throws IllegalArgumentException if they cannot have them
     */
    synchronized Use begin(MixedRows rows, Block base) {
        rows.require(stacks, base);
        return new Use(rows.on(stacks));
    }

    /** Frees parameters that are no longer owned, once no forward that began with them is under way. */
    synchronized void free(List<Parameter> dropped) {
        waiting.add(new Waiting(new HashSet<>(open), dropped));
        freeUnused();
    }

    private void freeUnused() {
        waiting.removeIf(one -> {
            if (one.users.isEmpty()) {
                one.dropped.forEach(Parameter::close);
            }
            return one.users.isEmpty();
        });
    }

    private synchronized void end(Use use) {
        open.remove(use);
        waiting.forEach(one -> one.users.remove(use));
        freeUnused();
        release(use.cached);
    }

    synchronized void set(Map<Parameter, ParametrizationStack> now) {
        stacks = Collections.unmodifiableMap(new LinkedHashMap<>(now));
        drop();
    }

    /** Forgets what was computed. */
    synchronized void drop() {
        version++;
        Snapshot old = cached;
        cached = null;
        release(old);
    }

    synchronized long cachedBytes() {
        return cached == null ? 0 : bytes(List.copyOf(cached.weights.values()));
    }

    private synchronized void publish(Map<Key, NDArray> weights, NDManager parent, long since) {
        if (cached == null && version == since && parent.isOpen()) {
            NDManager manager = parent.newSubManager();
            weights.values().forEach(weight -> weight.attach(manager));
            cached = new Snapshot(weights, manager);
        }
    }

    private synchronized void release(@Nullable Snapshot snapshot) {
        if (snapshot != null && --snapshot.users == 0) {
            snapshot.manager.close();
        }
    }

    private static long bytes(List<NDArray> arrays) {
        long bytes = 0;
        for (NDArray array : arrays) {
            bytes += array.getShape().size() * array.getDataType().getNumOfBytes();
        }
        return bytes;
    }
}
