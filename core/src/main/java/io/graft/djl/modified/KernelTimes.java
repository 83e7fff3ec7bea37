package io.graft.djl.modified;

import io.graft.model.parametrization.Form.ScaledCodes.Kernel;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which kernel is the fastest on this machine, measured when a weight of a shape is first multiplied with about so many rows, and kept
 * while the program runs. A model runs on the same one from then on, but the next program may measure otherwise.
 */
final class KernelTimes {
    private static final int RUNS = 5;

    /** One that takes so many times as long as another when it first runs is not run again. */
    private static final int HOPELESS = 4;

    private static final int MOST = 6;
    private static final Map<Key, Kernel> FASTEST = new ConcurrentHashMap<>();

    private KernelTimes() {}

    /**
     * Weights for which the same kernel is the fastest.
     *
     * @param group columns that have one scale
     * @param kernels that can run it
     */
    record Weight(int bits, long rows, long columns, long group, Set<Kernel> kernels) {}

    /**
     * @param rows the power of 4 that the rows of the inputs do not exceed
     */
    private record Key(Weight weight, int rows) {}

    /**
     * The fastest of some kernels; all are run for it where that is not known.
     *
     * @param rows of the inputs
     * @param runs a product with each
     */
    static Kernel fastest(Weight weight, long rows, Map<Kernel, Runnable> runs) {
        return FASTEST.computeIfAbsent(new Key(weight, power(rows)), absent -> measure(runs));
    }

    /** What was measured for a weight, by the most rows of inputs that it is for. */
    static SortedMap<Long, Kernel> known(Weight weight) {
        SortedMap<Long, Kernel> known = new TreeMap<>();
        FASTEST.forEach((key, kernel) -> {
            if (key.weight().equals(weight)) {
                known.put(key.rows() == MOST ? Long.MAX_VALUE : 1L << (2 * key.rows()), kernel);
            }
        });
        return known;
    }

    private static int power(long rows) {
        int power = 0;
        while (power < MOST && 1L << (2 * power) < rows) {
            power++;
        }
        return power;
    }

    private static Kernel measure(Map<Kernel, Runnable> runs) {
        Map<Kernel, Long> times = new EnumMap<>(Kernel.class);
        long best = Long.MAX_VALUE;
        for (Map.Entry<Kernel, Runnable> run : new EnumMap<>(runs).entrySet()) {
            long time = time(run.getValue());
            for (int i = 0; i < RUNS && time / HOPELESS <= best; i++) {
                time = Math.min(time, time(run.getValue()));
            }
            best = Math.min(best, time);
            times.put(run.getKey(), time);
        }
        return times.entrySet().stream()
                .min(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
    }

    private static long time(Runnable run) {
        long start = System.nanoTime();
        run.run();
        return System.nanoTime() - start;
    }
}
