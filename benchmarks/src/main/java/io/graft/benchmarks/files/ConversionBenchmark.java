package io.graft.benchmarks.files;

import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** How fast elements are converted on all processors, in bytes of output, from memory to memory. */
public final class ConversionBenchmark {
    private static final int ELEMENTS = 1 << 26;
    private static final int BLOCK = 1 << 20;
    private static final int RUNS = 9;

    private ConversionBenchmark() {}

    private record Direction(DType from, DType to) {}

    /** Runs the benchmark and prints its table. */
    public static void main(String[] arguments) {
        int threads = Runtime.getRuntime().availableProcessors();
        System.out.printf(Locale.ROOT, "%d elements, %d threads, median of %d runs%n%n", ELEMENTS, threads, RUNS);
        System.out.println("| conversion | GB/s of output |");
        System.out.println("|---|---:|");
        List<Direction> directions = List.of(
                new Direction(DType.BF16, DType.F32),
                new Direction(DType.F16, DType.F32),
                new Direction(DType.F32, DType.BF16),
                new Direction(DType.F32, DType.F16));
        for (Direction direction : directions) {
            TensorData source = source(direction.from);
            List<Double> seconds = new ArrayList<>();
            for (int run = -3; run < RUNS; run++) {
                double time = seconds(new DTypeConversion(source, direction.from, direction.to), threads);
                if (run >= 0) {
                    seconds.add(time);
                }
            }
            Collections.sort(seconds);
            double bytes = (double) ELEMENTS * direction.to.bits() / Byte.SIZE;
            System.out.printf(
                    Locale.ROOT,
                    "| %s to %s | %.2f |%n",
                    direction.from,
                    direction.to,
                    bytes / seconds.get(RUNS / 2) / 1e9);
        }
    }

    /** Numbers of all magnitudes that both types have. */
    private static TensorData source(DType dtype) {
        SplittableRandom random = new SplittableRandom(1);
        ByteBuffer bytes =
                ByteBuffer.allocate(ELEMENTS * (dtype.bits() / Byte.SIZE)).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            int bits = random.nextInt();
            switch (dtype) {
                case F32 -> bytes.putInt((bits & 0x83ffffff) | 0x3c000000);
                case BF16 -> bytes.putShort((short) ((bits & 0x83ff) | 0x3c00));
                default -> bytes.putShort((short) (bits & 0xbfff));
            }
        }
        return TensorData.of(bytes.flip());
    }

    private static double seconds(TensorData data, int threads) {
        long blocks = data.byteCount() / BLOCK;
        List<Thread> all = IntStream.range(0, threads)
                .mapToObj(thread -> new Thread(() -> read(data, thread, threads, blocks)))
                .toList();
        long start = System.nanoTime();
        all.forEach(Thread::start);
        for (Thread thread : all) {
            join(thread);
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private static void read(TensorData data, int first, int step, long blocks) {
        ByteBuffer target = ByteBuffer.allocateDirect(BLOCK).order(ByteOrder.LITTLE_ENDIAN);
        try {
            for (long block = first; block < blocks; block += step) {
                data.read(block * BLOCK, target.clear());
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
