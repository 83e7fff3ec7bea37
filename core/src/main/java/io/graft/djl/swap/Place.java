package io.graft.djl.swap;

import ai.djl.nn.Block;
import java.lang.reflect.Field;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Something that holds a block: a list of children, a field, an element. */
interface Place {
    /** Why a block of a class cannot stand here, as a sentence that names the place; empty if it can. */
    Optional<String> refusal(Class<?> type);

    /** Puts a block here. */
    void put(Block block);

    /** The place where the parent itself keeps a child. */
    record Child(List<Block> children, int index) implements Place {
        @Override
        public Optional<String> refusal(Class<?> type) {
            return Optional.empty();
        }

        @Override
        public void put(Block block) {
            children.set(index, block);
        }
    }

    /** A field of an object that is neither a record nor a lambda; final or not. */
    record OfField(String name, Object holder, Field field) implements Place {
        @Override
        public Optional<String> refusal(Class<?> type) {
            return Declared.refusal(name, field.getType(), type);
        }

        @Override
        public void put(Block block) {
            try {
                field.set(holder, block);
            } catch (IllegalAccessException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    /**
     * An element of a list, or of an array by way of one.
     *
     * @param declared what it is declared to hold
     */
    record Element(String name, List<Object> list, int index, Class<?> declared) implements Place {
        @Override
        public Optional<String> refusal(Class<?> type) {
            return Declared.refusal(name, declared, type)
                    .or(() -> Fixed.unlessChangeable(name, "list", () -> list.set(index, list.get(index))));
        }

        @Override
        public void put(Block block) {
            list.set(index, block);
        }
    }

    /**
     * A value of a map.
     *
     * @param declared what the map is declared to hold
     */
    record Entry(String name, Map<Object, Object> map, Object key, Class<?> declared) implements Place {
        @Override
        public Optional<String> refusal(Class<?> type) {
            return Declared.refusal(name, declared, type)
                    .or(() -> Fixed.unlessChangeable(name, "map", () -> map.put(key, map.get(key))));
        }

        @Override
        public void put(Block block) {
            map.put(key, block);
        }
    }

    /** A place that keeps what it has. */
    record Fixed(String reason) implements Place {
        static Optional<String> unlessChangeable(String name, String kind, Runnable change) {
            try {
                change.run();
                return Optional.empty();
            } catch (UnsupportedOperationException fixed) {
                return Optional.of("`" + name + "` is in a " + kind + " that cannot be changed");
            }
        }

        @Override
        public Optional<String> refusal(Class<?> type) {
            return Optional.of(reason);
        }

        @Override
        public void put(Block block) {
            throw new IllegalStateException(reason);
        }
    }

    /** What a declaration allows. */
    final class Declared {
        private Declared() {}

        static Optional<String> refusal(String name, Class<?> declared, Class<?> type) {
            return declared.isAssignableFrom(type)
                    ? Optional.empty()
                    : Optional.of("`" + name + "` is declared as " + declared.getSimpleName() + " and cannot hold a "
                            + type.getSimpleName());
        }
    }
}
