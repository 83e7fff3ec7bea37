package io.graft.config;

import java.util.List;

/**
 * An amount of data, such as the size of a file. In a file it is a number with a unit: {@code kB} to {@code TB} are powers
 * of 1000, {@code KiB} to {@code TiB} of 1024.
 *
 * @param bytes zero or more
 */
public record DataSize(long bytes) {
    private static final List<Unit> UNITS = List.of(
            new Unit("TB", 1_000_000_000_000L),
            new Unit("TiB", 1L << 40),
            new Unit("GB", 1_000_000_000L),
            new Unit("GiB", 1L << 30),
            new Unit("MB", 1_000_000L),
            new Unit("MiB", 1L << 20),
            new Unit("kB", 1_000L),
            new Unit("KiB", 1L << 10));

    private record Unit(String name, long bytes) {}

    public DataSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("a size must not be negative: " + bytes);
        }
    }

    /** The size as a file may write it, in the largest unit of which it is a whole number: {@code 5GB}, {@code 1536B}. */
    @Override
    public String toString() {
        return UNITS.stream()
                .filter(unit -> bytes > 0 && bytes % unit.bytes() == 0)
                .findFirst()
                .map(unit -> bytes / unit.bytes() + unit.name())
                .orElse(bytes + "B");
    }
}
