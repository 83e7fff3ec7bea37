package io.graft.checkpoint.write;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The formats that a state dict can be written in.
 *
 * @param all one for each id
 */
public record StateDictFormats(List<NamedFormat> all) {
    /** The id of the one that is written where nobody asks for another. */
    public static final String USUAL = "safetensors";

    public StateDictFormats {
        all = List.copyOf(all);
    }

    /** The format of an id. */
    public Optional<NamedFormat> find(String id) {
        return all.stream().filter(format -> format.id().equals(id)).findFirst();
    }

    /** The formats that a file's name asks for: one, if it tells the format. */
    public List<NamedFormat> ofName(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return all.stream()
                .filter(format -> format.format().extensions().stream().anyMatch(name::endsWith))
                .toList();
    }

    /** Ends of the names of files that ask for a format: {@code .a, .b or .c}. */
    public String extensions() {
        List<String> ends = all.stream()
                .flatMap(format -> format.format().extensions().stream())
                .distinct()
                .toList();
        int last = ends.size() - 1;
        return last <= 0
                ? String.join("", ends)
                : ends.subList(0, last).stream().collect(Collectors.joining(", ", "", " or " + ends.get(last)));
    }
}
