package io.graft.format.onnx;

import java.util.List;
import java.util.Map;

/**
 * A constant tensor of the graph, as the file describes it.
 *
 * @param type number of its element type
 * @param runs where its numbers lie in the model's file, in order, each with how they are written; several where a list was written
 *     in parts
 * @param external where its bytes lie in another file ({@code location}, {@code offset}, {@code length}); empty if they do not
 */
record Initializer(String name, int type, List<Long> dimensions, List<Run> runs, Map<String, String> external) {
    /** How numbers are written. */
    enum Coding {
        /** Little-endian, each as wide as its type. */
        FIXED,
        /** Of variable length, seven bits a byte. */
        VARINT,
        /** As text, which no tensor holds. */
        TEXT
    }

    /**
     * Bytes of the file that hold numbers.
     *
     * @param offset first byte
     * @param length how many
     */
    record Run(long offset, int length, Coding coding) {}

    Initializer {
        dimensions = List.copyOf(dimensions);
        runs = List.copyOf(runs);
        external = Map.copyOf(external);
    }

    Initializer named(String other) {
        return new Initializer(other, type, dimensions, runs, external);
    }
}
