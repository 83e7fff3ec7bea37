package io.graft.checkpoint.pytorch.distributed;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether chunks cover a tensor, each element once. They do if their corners, counted with alternating signs, are those of the tensor:
 * what is inside cancels out.
 */
final class Tiling {
    /** Dimensions along which tensors are cut; each doubles the corners of a chunk. */
    private static final int MOST_CUTS = 8;

    private final List<Long> size;
    private final List<Integer> cut = new ArrayList<>();
    private final Map<List<Long>, Long> corners = new HashMap<>();

    private Tiling(List<Long> size) {
        this.size = size;
    }

    /**
     * What is wrong with the chunks, as the rest of a sentence; empty if they cover the tensor.
     *
     * @param size of the tensor, without zeros
     * @param chunks none of them empty
     */
    static String flaw(List<Long> size, List<Chunk> chunks) {
        return new Tiling(size).flaw(chunks);
    }

    private String flaw(List<Chunk> chunks) {
        for (Chunk chunk : chunks) {
            for (int d = 0; d < size.size(); d++) {
                if (chunk.offsets().size() != size.size()
                        || chunk.sizes().size() != size.size()
                        || chunk.offsets().get(d) > size.get(d) - chunk.sizes().get(d)) {
                    return "reach outside of it: one has " + chunk.sizes() + " elements at " + chunk.offsets();
                }
            }
        }
        for (int d = 0; d < size.size(); d++) {
            int dimension = d;
            if (chunks.stream().anyMatch(chunk -> !chunk.sizes().get(dimension).equals(size.get(dimension)))) {
                cut.add(d);
            }
        }
        if (cut.size() > MOST_CUTS) {
            return "cut it along more than " + MOST_CUTS + " dimensions";
        }
        double held = 0;
        for (Chunk chunk : chunks) {
            count(chunk, 1);
            held += elements(chunk.sizes());
        }
        count(new Chunk(size.stream().map(any -> 0L).toList(), size), -1);
        if (corners.isEmpty()) {
            return "";
        }
        double all = elements(size);
        return held < all ? "leave gaps" : held > all ? "overlap" : "overlap and leave gaps";
    }

    private static double elements(List<Long> sizes) {
        return sizes.stream().mapToDouble(Long::doubleValue).reduce(1, (a, b) -> a * b);
    }

    private void count(Chunk chunk, long sign) {
        for (int corner = 0; corner < 1 << cut.size(); corner++) {
            List<Long> at = new ArrayList<>(cut.size());
            for (int i = 0; i < cut.size(); i++) {
                long start = chunk.offsets().get(cut.get(i));
                at.add((corner >> i & 1) == 0 ? start : start + chunk.sizes().get(cut.get(i)));
            }
            long signed = Integer.bitCount(corner) % 2 == 0 ? sign : -sign;
            corners.merge(at, signed, (a, b) -> a + b == 0 ? null : a + b);
        }
    }
}
