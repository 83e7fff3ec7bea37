package io.graft.processor.model;

import java.util.List;

/** What a record demands of several of its keys. */
public sealed interface KeyRelation {
    /** The annotation's name, for messages. */
    String annotation();

    /** The keys that it names. */
    List<Literal> keys();

    /** {@code @Exclusive}: at most one of the keys may be given. */
    record Exclusive(List<Literal> keys) implements KeyRelation {
        public Exclusive {
            keys = List.copyOf(keys);
        }

        @Override
        public String annotation() {
            return "@Exclusive";
        }
    }

    /** {@code @Requires}: whoever gives the one key must give the other. */
    record Requires(Literal key, Literal with) implements KeyRelation {
        @Override
        public String annotation() {
            return "@Requires";
        }

        @Override
        public List<Literal> keys() {
            return List.of(key, with);
        }
    }
}
