package io.graft.modifiers.migrating;

import io.graft.config.NotBlank;
import io.graft.config.Range;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Options of the migration that makes one list of lists in a list.
 *
 * @param from the module in the inner list, with {@code #} for the number of the group and for that in it: {@code proc.#.blocks.#}
 * @param to the module in the one list, with {@code #} for its number: {@code proc.#}
 * @param size how many modules a group has
 * @param layers if {@code size} is not given, the key of the metadata, or of {@code config.json}, that tells how many modules there are in all
 * @param groups the key that tells in how many groups these are
 */
public record FlattenOptions(
        @NotBlank String from,
        @NotBlank String to,
        @Range(min = 1) Optional<Integer> size,
        Optional<String> layers,
        Optional<String> groups) {
    /**
     * @throws IllegalArgumentException if the numbers do not stand where they should, or if nothing tells how large a group is
     */
    public FlattenOptions {
        if (from.chars().filter(each -> each == '#').count() != 2) {
            throw new IllegalArgumentException(
                    "`from` is `" + from + "`; it has `#` twice, for the group and for the number in it");
        }
        if (to.chars().filter(each -> each == '#').count() != 1) {
            throw new IllegalArgumentException("`to` is `" + to + "`; it has `#` once, for the number");
        }
        if (size.isPresent() == (layers.isPresent() && groups.isPresent())
                || layers.isPresent() != groups.isPresent()) {
            throw new IllegalArgumentException("give either `size`, or both `layers` and `groups`");
        }
    }

    /** Names of tensors of such a module, with the two numbers and what follows as groups. */
    Pattern pattern() {
        String[] parts = from.split("#", -1);
        return Pattern.compile(Pattern.quote(parts[0]) + "(\\d{1,9})" + Pattern.quote(parts[1]) + "(\\d{1,9})"
                + Pattern.quote(parts[2]) + "((?:\\..*)?)");
    }
}
