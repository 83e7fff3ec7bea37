package io.graft.benchmarks.measuring;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/** Pieces of work that take turns, so that what else the machine does is the same for all; medians after a warm-up. */
public final class Turns {
    private static final OperatingSystemMXBean PROCESSORS =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private final List<Measured> all = new ArrayList<>();

    /** With no work yet. */
    public Turns() {}

    /** What one run took: by the clock, and of the processors' time in all threads. */
    public record Seconds(double clock, double ofProcessors) {
        /** Does the work once. */
        public static Seconds of(Work work) throws IOException {
            long processors = PROCESSORS.getProcessCpuTime();
            long start = System.nanoTime();
            work.run();
            long end = System.nanoTime();
            return new Seconds((end - start) / 1e9, (PROCESSORS.getProcessCpuTime() - processors) / 1e9);
        }
    }

    /** What is measured. */
    @FunctionalInterface
    public interface Work {
        /** Does it once. */
        void run() throws IOException;
    }

    /** Runs something that measures itself, in a process of its own. */
    @FunctionalInterface
    public interface Told {
        /** Does it once, and tells what that took. */
        Seconds run() throws IOException;
    }

    /** Others may look at it while it grows. */
    private record Measured(String what, Told told, List<Seconds> seconds) {
        void print() {
            List<Double> clock = seconds.stream().map(Seconds::clock).toList();
            List<Double> processors =
                    seconds.stream().map(Seconds::ofProcessors).toList();
            System.out.printf(Locale.ROOT, "| %s | %.3f | %.3f |%n", what, median(clock), median(processors));
        }
    }

    /** Work that is measured here. */
    public void add(String what, Work work) {
        addTold(what, () -> Seconds.of(work));
    }

    /** Work that tells itself what it took. */
    public void addTold(String what, Told told) {
        all.add(new Measured(what, told, new CopyOnWriteArrayList<>()));
    }

    /**
     * Takes the turns, and prints a table. How far they are is told by the other stream, and if the process is ended meanwhile, as {@code
     * timeout} does it, the table has what was measured until then.
     */
    public void take(int warmUps, int runs) throws IOException {
        Thread ended = new Thread(() -> print(" (ended early)"));
        Runtime.getRuntime().addShutdownHook(ended);
        for (int run = 0; run < warmUps + runs; run++) {
            System.err.printf(
                    Locale.ROOT, "turn %d of %d%s%n", run + 1, warmUps + runs, run < warmUps ? ", to warm up" : "");
            for (Measured each : all) {
                Seconds seconds = each.told().run();
                if (run >= warmUps) {
                    each.seconds().add(seconds);
                }
            }
        }
        Runtime.getRuntime().removeShutdownHook(ended);
        print("");
    }

    private void print(String note) {
        int turns = all.stream().mapToInt(each -> each.seconds().size()).min().orElse(0);
        if (turns == 0) {
            System.err.println("nothing was measured" + note);
            return;
        }
        System.out.printf(
                Locale.ROOT, "| what, %d turns%s | seconds | of processors |%n|---|---:|---:|%n", turns, note);
        all.forEach(Measured::print);
        System.out.flush();
    }

    /** The upper one, of an even number of values. */
    public static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }
}
