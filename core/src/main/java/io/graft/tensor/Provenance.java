package io.graft.tensor;

import java.util.List;

/** Where a tensor's values come from. */
public sealed interface Provenance {
    /** Calls the method for the case that this is. */
    <T> T on(Cases<T> cases);

    /** Every place that the values come from, in order, each once; itself if it is one. */
    default List<Provenance> origins() {
        return List.of(this);
    }

    /** One method for each case. */
    interface Cases<T> {
        T initial(Initial initial);

        T stored(Stored stored);

        T computed(Computed computed);
    }

    /**
     * The values that a tensor of the model had before any modifier.
     *
     * @param name the name that the model has for it
     */
    record Initial(String name) implements Provenance {
        @Override
        public <T> T on(Cases<T> cases) {
            return cases.initial(this);
        }
    }

    /**
     * A tensor of a checkpoint.
     *
     * @param uri the checkpoint, as the report names it
     * @param key the tensor's name in it
     */
    record Stored(String uri, String key) implements Provenance {
        @Override
        public <T> T on(Cases<T> cases) {
            return cases.stored(this);
        }
    }

    /**
     * Values computed when the tensor is read.
     *
     * @param operation what is done, in a few words: {@code cast F16 to F32}
     * @param from where each of the values that it starts from comes from
     */
    record Computed(String operation, List<Provenance> from) implements Provenance {
        public Computed {
            from = List.copyOf(from);
        }

        @Override
        public List<Provenance> origins() {
            return from.stream()
                    .flatMap(source -> source.origins().stream())
                    .distinct()
                    .toList();
        }

        @Override
        public <T> T on(Cases<T> cases) {
            return cases.computed(this);
        }
    }
}
