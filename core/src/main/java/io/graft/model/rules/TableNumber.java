package io.graft.model.rules;

import io.graft.checkpoint.layout.ModelConfiguration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * A number that a table of names needs to know of the model.
 *
 * @param what it is, for people
 * @param keys of {@code config.json}, or of a file in its place, that tell it, the first that is there; none if a user has to
 */
public record TableNumber(String what, List<String> keys) {
    public TableNumber {
        keys = List.copyOf(keys);
    }

    /** What a configuration tells of it, or of the part of the model that is for text; empty if nothing that is a count. */
    OptionalInt in(ModelConfiguration configuration) {
        return keys.stream()
                .flatMap(key -> Stream.of(
                                Optional.of(configuration.values()),
                                ModelConfiguration.object(configuration.values(), "text_config"))
                        .flatMap(Optional::stream)
                        .map(part -> count(part, key))
                        .flatMapToInt(OptionalInt::stream)
                        .boxed())
                .mapToInt(Integer::intValue)
                .findFirst();
    }

    private static OptionalInt count(Map<String, Object> part, String key) {
        return ModelConfiguration.whole(part, key)
                .filter(whole -> whole > 0 && whole <= Integer.MAX_VALUE)
                .map(whole -> OptionalInt.of(whole.intValue()))
                .orElse(OptionalInt.empty());
    }

    /** What it is, and who can tell it. */
    String words() {
        return keys.isEmpty() ? what : what + ", `" + keys.get(0) + "` of " + ModelConfiguration.NAME;
    }
}
