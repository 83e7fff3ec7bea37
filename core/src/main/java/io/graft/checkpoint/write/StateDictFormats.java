package io.graft.checkpoint.write;

import io.graft.problem.Suggestions;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The formats that a state dict can be written in.
 *
 * @param all one for each id; the first is written where nobody asks for another
 */
public record StateDictFormats(List<StateDictFormat> all) {
    public StateDictFormats {
        all = List.copyOf(all);
    }

    /** The format that is written where nobody asks for another. */
    public StateDictFormat usual() {
        return all.get(0);
    }

    /** The format of an id. */
    public Optional<StateDictFormat> find(String id) {
        return all.stream().filter(format -> format.id().equals(id)).findFirst();
    }

    /** The format that a file's name asks for. */
    public Optional<StateDictFormat> ofName(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return all.stream()
                .filter(format -> format.extensions().stream().anyMatch(name::endsWith))
                .findFirst();
    }

    /** That an id means no format, in words. */
    public String unknown(String id) {
        return "`" + id + "` is no format that state dicts are written in";
    }

    /** What to write in place of an id that means no format. */
    public String help(String id) {
        List<String> ids = all.stream().map(StateDictFormat::id).toList();
        String question = Suggestions.didYouMean(id, ids);
        return question.isEmpty() ? "allowed are " + listed(ids) : question;
    }

    /** Ends of the names of files that ask for a format. */
    public String extensions() {
        return listed(
                all.stream().flatMap(format -> format.extensions().stream()).toList());
    }

    /** {@code a, b or c}. */
    private static String listed(List<String> words) {
        int last = words.size() - 1;
        return last == 0
                ? words.get(0)
                : words.subList(0, last).stream().collect(Collectors.joining(", ", "", " or " + words.get(last)));
    }
}
