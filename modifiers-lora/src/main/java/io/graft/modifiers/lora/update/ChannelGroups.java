package io.graft.modifiers.lora.update;

import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The first factor of a convolution in groups as PEFT has it: each of its rows is over the channels of all groups. A weight of the layer
 * keeps groups apart, so that a row counts for its own group alone, and is zero elsewhere.
 */
public final class ChannelGroups {
    private ChannelGroups() {}

    /** How many groups the ranks of two factors fall into. */
    public static long of(Shape a, Shape b) {
        return a.rank() > 2 && b.rank() == a.rank() && b.dimension(1) > 0 ? a.dimension(0) / b.dimension(1) : 1;
    }

    /** Whether a factor is over the channels of all groups of a weight {@code [out, in / groups, kernel...]}. */
    public static boolean areAll(Shape a, Shape weight) {
        return a.dimension(1) != weight.dimension(1);
    }

    /** A factor {@code [rank, in / groups, kernel...]} over all channels. */
    public static LazyTensor spread(LazyTensor a, long groups) {
        Shape own = a.shape();
        Shape all = own.with(1, own.dimension(1) * groups);
        return made("over the channels of all groups", a, own, all, groups, (from, to, row, step) -> {
            ByteBuffer room = to.duplicate().position(Math.toIntExact((row.number() * groups + row.group()) * step));
            room.put(from.window(row.number() * step, Math.toIntExact(step)));
        });
    }

    /** What rows of a factor over all channels {@code [rank, in, kernel...]} have of their own groups. */
    public static LazyTensor gathered(LazyTensor a, long groups) {
        Shape all = a.shape();
        Shape own = all.with(1, all.dimension(1) / groups);
        return made(
                "over the channels of its group",
                a,
                own,
                own,
                groups,
                (from, to, row, step) ->
                        to.put(from.window((row.number() * groups + row.group()) * step, Math.toIntExact(step))));
    }

    /**
     * Whether a factor over all channels is zero outside of the groups of its rows.
     *
     * @throws IOException if it cannot be read
     */
    public static boolean areApart(LazyTensor a, long groups) throws IOException {
        float[] values = LazyTensors.floats(a);
        long rank = a.shape().dimension(0);
        int row = Math.toIntExact(values.length / rank);
        int step = Math.toIntExact(row / groups);
        for (int i = 0; i < values.length; i++) {
            long group = i / row * groups / rank;
            if (i % row / step != group && values[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private record Row(long number, long group) {}

    private interface Move {
        void of(TensorData from, ByteBuffer to, Row row, long step) throws IOException;
    }

    /** A tensor of the bytes that each row of a factor has for its own group. */
    private static LazyTensor made(String operation, LazyTensor a, Shape own, Shape shape, long groups, Move move) {
        return LazyTensors.joint(List.of(a), List.of(new LazyTensors.Output(operation, a.dtype(), shape)), () -> {
                    long rank = shape.dimension(0);
                    long bytes = a.dtype().byteCount(shape);
                    long step = a.dtype().byteCount(own) / rank;
                    ByteBuffer to = ByteBuffer.allocate(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
                    TensorData from = a.materialize();
                    for (long row = 0; row < rank; row++) {
                        move.of(from, to, new Row(row, row * groups / rank), step);
                    }
                    return List.of(TensorData.of(to.rewind()));
                })
                .get(0);
    }
}
