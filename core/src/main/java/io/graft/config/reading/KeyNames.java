package io.graft.config.reading;

import java.util.List;
import java.util.stream.Stream;

/** The names that a key may be written by, each in kebab-case: its own, its aliases and what it was called before. */
record KeyNames(String key, List<String> aliases, List<FormerKey> former) {
    KeyNames {
        aliases = List.copyOf(aliases);
        former = List.copyOf(former);
    }

    /** The names that are good for ever, its own first. */
    Stream<String> lasting() {
        return Stream.concat(Stream.of(key), aliases.stream());
    }

    Stream<String> all() {
        return Stream.concat(lasting(), former.stream().map(FormerKey::name));
    }
}
