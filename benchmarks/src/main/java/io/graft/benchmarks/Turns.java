package io.graft.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Pieces of work that take turns, so that what else the machine does is the same for all; medians after a warm-up. */
final class Turns {
    private static final OperatingSystemMXBean PROCESSORS =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private final List<Measured> all = new ArrayList<>();

    /** What one run took: by the clock, and of the processors' time in all threads. */
    record Seconds(double clock, double ofProcessors) {
        static Seconds of(Work work) throws IOException {
            long processors = PROCESSORS.getProcessCpuTime();
            long start = System.nanoTime();
            work.run();
            long end = System.nanoTime();
            return new Seconds((end - start) / 1e9, (PROCESSORS.getProcessCpuTime() - processors) / 1e9);
        }
    }

    interface Work {
        void run() throws IOException;
    }

    /** Runs something that measures itself, in a process of its own. */
    interface Told {
        Seconds run() throws IOException;
    }

    private record Measured(String what, Told told, List<Seconds> seconds) {}

    void add(String what, Work work) {
        addTold(what, () -> Seconds.of(work));
    }

    void addTold(String what, Told told) {
        all.add(new Measured(what, told, new ArrayList<>()));
    }

    /** Takes the turns, and prints a table. */
    void take(int warmUps, int runs) throws IOException {
        for (int run = 0; run < warmUps + runs; run++) {
            for (Measured each : all) {
                Seconds seconds = each.told().run();
                if (run >= warmUps) {
                    each.seconds().add(seconds);
                }
            }
        }
        System.out.println("| what | seconds | of processors |\n|---|---:|---:|");
        for (Measured each : all) {
            List<Double> clock = each.seconds().stream().map(Seconds::clock).toList();
            List<Double> processors =
                    each.seconds().stream().map(Seconds::ofProcessors).toList();
            System.out.printf(Locale.ROOT, "| %s | %.3f | %.3f |%n", each.what(), median(clock), median(processors));
        }
    }

    static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }
}
