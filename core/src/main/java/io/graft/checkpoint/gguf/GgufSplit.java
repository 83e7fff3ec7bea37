package io.graft.checkpoint.gguf;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Which part of a model a file is, as {@code llama-gguf-split} cuts one: the first part has all that is said of the model, and each has
 * some of its tensors. Which file is which part is in their names.
 *
 * @param number from 0 on
 * @param count of all parts
 */
record GgufSplit(int number, int count) {
    /** What the keys begin with that tell of parts. */
    static final String KEYS = "split.";

    private static final int MOST = 0xffff;

    /** What a file says; empty if it is whole. */
    static Optional<GgufSplit> of(Map<String, String> metadata) {
        Optional<Integer> number = number(metadata, "split.no");
        Optional<Integer> count = number(metadata, "split.count");
        return count.isPresent() && count.get() > 1
                ? Optional.of(new GgufSplit(number.orElse(0), count.get()))
                : Optional.empty();
    }

    /** A number that a file says; empty if it says none that a number of 16 bits holds. */
    private static Optional<Integer> number(Map<String, String> metadata, String key) {
        return Optional.ofNullable(metadata.get(key))
                .filter(text -> text.matches("[0-9]{1,5}"))
                .map(Integer::valueOf)
                .filter(number -> number <= MOST);
    }

    /** How the name of its file ends. */
    String ending() {
        return ending(number);
    }

    private String ending(int part) {
        return String.format(Locale.ROOT, "-%05d-of-%05d.gguf", part + 1, count);
    }

    /** The names of all parts, in their order; empty if that of its file is another's. */
    Optional<Stream<String>> names(Path file) {
        String name = file.getFileName().toString();
        String stem = name.substring(0, Math.max(0, name.length() - ending().length()));
        return name.endsWith(ending())
                ? Optional.of(IntStream.range(0, count).mapToObj(part -> stem + ending(part)))
                : Optional.empty();
    }

    /** For messages. */
    @Override
    public String toString() {
        return "part " + (number + 1) + " of " + count;
    }
}
