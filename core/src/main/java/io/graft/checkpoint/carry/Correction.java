package io.graft.checkpoint.carry;

import io.graft.problem.Printable;
import java.util.Optional;

/**
 * One value of a carried file that a change made untrue, and what stands in its place.
 *
 * @param file name of the file, {@code config.json}
 * @param key where the value stands, {@code text_config.vocab_size}
 * @param before the value as the JSON text of the model has it
 * @param after the JSON text in its place; empty if key and value go
 */
public record Correction(String file, String key, String before, Optional<String> after) {
    private static final int SHOWN = 60;

    /** For people: {@code config.json: vocab_size = 32002 in place of 32000}. */
    public String words() {
        String old = before.length() > SHOWN ? before.substring(0, SHOWN) + "..." : before;
        String shown = Printable.of(old.replaceAll("\\s+", " "));
        return file + ": "
                + after.map(text -> key + " = " + text + " in place of " + shown)
                        .orElseGet(() -> key + " removed, which was " + shown);
    }
}
