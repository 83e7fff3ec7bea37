package io.graft.config.reading;

import io.graft.config.hocon.KeyPath;
import io.graft.problem.Spelling;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Of whom messages about a part of a configuration speak, and what is known of its options.
 *
 * @param name {@code modifier `lora`}; empty where messages speak of paths
 * @param path the object from which on they speak of it
 * @param notes what to tell with a problem of an option's value; its key is dotted kebab-case below the path
 */
record Subject(String name, String path, Function<String, Optional<String>> notes) {
    static final Subject NONE = new Subject("", "", key -> Optional.empty());

    /** The object at a path as the subject of a sentence. */
    String of(String at) {
        if (!name.isEmpty()) {
            return name;
        }
        return at.isEmpty() ? "the configuration" : "`" + at + "`";
    }

    /** Where a path is inside of what has the name; empty if it is that itself, or nothing has one. */
    String inside(String at) {
        return name.isEmpty() ? "" : below(at);
    }

    /** What is known of the option at a path. */
    Optional<String> note(String at) {
        String below = below(at);
        List<String> steps = below.isEmpty() ? List.of() : KeyPath.parse(below).steps();
        return notes.apply(steps.stream()
                .filter(step -> !KeyPath.isPosition(step))
                .map(Spelling::kebab)
                .collect(Collectors.joining(".")));
    }

    private String below(String at) {
        String below = at.substring(path.length());
        return below.startsWith(".") ? below.substring(1) : below;
    }
}
