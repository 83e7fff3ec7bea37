package io.graft.checkpoint.carry;

import io.graft.problem.Printable;
import java.util.Optional;

/**
 * One value of a carried file that a change made untrue, and what stands in its place; or one that a change has to add.
 *
 * @param file name of the file, {@code config.json}
 * @param key where the value stands, {@code text_config.vocab_size}
 * @param before the value as the JSON text of the model has it; empty if the key is new
 * @param after the JSON text in its place; empty if key and value go
 */
public record Correction(String file, String key, Optional<String> before, Optional<String> after) {
    private static final int SHOWN = 60;

    /** For people: {@code config.json: vocab_size = 32002 in place of 32000}. */
    public String words() {
        String old = before.map(Correction::shown).orElse("");
        if (after.isEmpty()) {
            return file + ": " + key + " removed, which was " + old;
        }
        return before.isEmpty()
                ? file + ": " + key + " = " + shown(after.get()) + " added"
                : file + ": " + key + " = " + after.get() + " in place of " + old;
    }

    private static String shown(String value) {
        String line = value.replaceAll("\\s+", " ");
        return Printable.of(line.length() > SHOWN ? line.substring(0, SHOWN) + "..." : line);
    }
}
