package io.graft.model;

import java.util.Set;

/**
 * A module of a model: a node of the tree that dotted names span. The root has the empty path.
 *
 * @param path canonical dotted path
 * @param type the layer's type for people, {@code Linear}; empty if unknown, as in a bare checkpoint
 * @param aliases other spellings of the path's last segment ({@code 01Linear}, {@code Linear}, {@code 0}), each unique among
 *     its siblings
 */
public record ModuleSpec(String path, String type, Set<String> aliases) {
    public ModuleSpec {
        aliases = Set.copyOf(aliases);
    }
}
