package io.graft.examples.sentences;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Sentences, each with the number of its class.
 *
 * @param classes their names
 * @param all in the order of the file
 */
record Sentences(List<String> classes, List<Sentence> all) {
    /** Every one of so many is held out; the number of each class is a multiple of it. */
    private static final int HELD_OUT = 4;

    /** A sentence and its class. */
    record Sentence(int label, String text) {}

    /** From a file with a line for each: the class, a tabulator, the text. */
    static Sentences read(Path file) throws IOException {
        List<String[]> lines = Files.readAllLines(file).stream()
                .map(line -> line.split("\t", 2))
                .toList();
        List<String> classes = lines.stream().map(line -> line[0]).distinct().toList();
        return new Sentences(
                classes,
                lines.stream()
                        .map(line -> new Sentence(classes.indexOf(line[0]), line[1]))
                        .toList());
    }

    /** Those that a classifier learns from. */
    List<Sentence> learned() {
        return every(false);
    }

    /** Those that tell what it has learned; as many of each class. */
    List<Sentence> heldOut() {
        return every(true);
    }

    private List<Sentence> every(boolean held) {
        return IntStream.range(0, all.size())
                .filter(i -> (i % HELD_OUT == HELD_OUT - 1) == held)
                .mapToObj(all::get)
                .toList();
    }
}
