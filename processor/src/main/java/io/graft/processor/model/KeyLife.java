package io.graft.processor.model;

import java.util.List;
import java.util.Optional;

/**
 * What the names of a key were, are and may be, and whether its value is shown.
 *
 * @param name {@code @KeyName}
 * @param secret the place of {@code @Secret}
 */
public record KeyLife(
        Optional<Literal> name, List<Literal> aliases, List<FormerKeyModel> former, Optional<SourceRef> secret) {
    /** Of a key with one name, whose value may be shown. */
    public static final KeyLife PLAIN = new KeyLife(Optional.empty(), List.of(), List.of(), Optional.empty());

    public KeyLife {
        aliases = List.copyOf(aliases);
        former = List.copyOf(former);
    }
}
