package io.graft.model.rules;

import io.graft.tensor.LazyTensor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A tensor on its way through rules.
 *
 * @param spelling another name that rules may call it by
 * @param keys those of before that it is made of
 */
record Item(String name, String spelling, LazyTensor value, List<String> keys, boolean isMoved) {
    /** The same tensor under another name. */
    Item named(String other) {
        return new Item(other, other, value, keys, isMoved);
    }

    /** Another tensor made of this one. */
    Item moved(String other, LazyTensor made) {
        return new Item(other, other, made, keys, true);
    }

    /** The same name for another tensor made of this one. */
    Item moved(LazyTensor made) {
        return new Item(name, spelling, made, keys, true);
    }

    /** A tensor made of several. */
    static Item of(String name, LazyTensor made, List<Item> parts) {
        Set<String> keys = new LinkedHashSet<>();
        parts.forEach(part -> keys.addAll(part.keys));
        return new Item(name, name, made, new ArrayList<>(keys), true);
    }

    RuledTensor ruled() {
        return new RuledTensor(name, value, keys, isMoved);
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
