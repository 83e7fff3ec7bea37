package io.graft.model.tree;

import java.util.OptionalInt;
import java.util.Set;

/**
 * A module of a model: a node of the tree that dotted names span. The root has the empty path.
 *
 * @param path canonical dotted path
 * @param type the layer's type for people, {@code Linear}; empty if unknown, as in a bare checkpoint
 * @param aliases other spellings of the path's last segment ({@code 01Linear}, {@code Linear}, {@code 0}), each unique among
 *     its siblings
 * @param groups into how many groups the channels of a convolution fall; empty for other layers, and if unknown
 */
public record ModuleSpec(String path, String type, Set<String> aliases, OptionalInt groups) {
    public ModuleSpec {
        aliases = Set.copyOf(aliases);
    }

    /** One of which no groups are known. */
    public ModuleSpec(String path, String type, Set<String> aliases) {
        this(path, type, aliases, OptionalInt.empty());
    }

    /** The same elsewhere. */
    public ModuleSpec at(String otherPath, Set<String> otherAliases) {
        return new ModuleSpec(otherPath, type, otherAliases, groups);
    }
}
