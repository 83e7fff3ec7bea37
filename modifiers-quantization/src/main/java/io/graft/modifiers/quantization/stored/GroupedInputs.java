package io.graft.modifiers.quantization.stored;

import io.graft.checkpoint.layout.Part;
import io.graft.tensor.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * The inputs of a layer, those that share a scale beside each other, in the order in which they were within a group.
 *
 * @param size inputs of a group; the last one may have fewer
 * @param order which input comes where
 */
// An array of as many numbers as a matrix has columns: nobody changes it.
@SuppressWarnings("ArrayRecordComponent")
record GroupedInputs(int size, int[] order) {
    /**
     * By the group of each input.
     *
     * @param slot of the index, of which it is known that it is inside the groups
     * @throws IllegalArgumentException as {@link FoundSet#refused} if groups before the last are not of one size
     */
    static GroupedInputs of(FoundSet set, String slot, long groups) {
        Part index = set.known(slot);
        if (index.dtype() != DType.I32) {
            throw set.refused("Graft takes an index of I32, and `" + index.name() + "` is " + index.dtype());
        }
        int[] starts = new int[Math.toIntExact(groups) + 1];
        int[] group = numbers(index);
        for (int each : group) {
            starts[each + 1]++;
        }
        int size = starts[1];
        for (int i = 1; i < starts.length; i++) {
            boolean isLast = i == starts.length - 1;
            if (starts[i] == 0 || (isLast ? starts[i] > size : starts[i] != size)) {
                throw set.refused("groups before the last are smaller than it, or of different sizes");
            }
            starts[i] += starts[i - 1];
        }
        int[] order = new int[group.length];
        for (int input = 0; input < group.length; input++) {
            order[starts[group[input]]++] = input;
        }
        return new GroupedInputs(size, order);
    }

    private static int[] numbers(Part index) {
        try {
            ByteBuffer bytes =
                    index.data().window(0, Math.toIntExact(index.data().byteCount()));
            int[] numbers = new int[bytes.remaining() / Integer.BYTES];
            bytes.asIntBuffer().get(numbers);
            return numbers;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
