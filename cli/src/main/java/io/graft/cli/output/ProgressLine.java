package io.graft.cli.output;

import io.graft.checkpoint.Progress;
import io.graft.problem.Printable;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** How work goes on, in one line of a terminal that is written again and again, and is gone at the end. */
public final class ProgressLine implements Progress {
    private static final long PAUSE = Duration.ofMillis(100).toNanos();
    private static final int LONGEST_NAME = 40;
    private static final List<String> UNITS = List.of("bytes", "kB", "MB", "GB", "TB");

    private final PrintWriter err;
    private final LongSupplier clock;
    private Begun begun = new Begun("", 0, 0);
    private long bytes;
    private long shownAt;
    private int width;

    /** Where the speed counts from. */
    private record Begun(String work, long at, long bytes) {}

    /**
     * @param clock as {@link System#nanoTime}
     */
    public ProgressLine(PrintWriter err, LongSupplier clock) {
        this.err = err;
        this.clock = clock;
    }

    @Override
    public void reached(String work, long have, OptionalLong total) {
        long now = clock.getAsLong();
        if (!work.equals(begun.work()) || have < bytes) {
            begun = new Begun(work, now, have);
            shownAt = now - PAUSE;
        }
        bytes = have;
        if (now - shownAt >= PAUSE) {
            shownAt = now;
            show(nameOf(work) + "  " + size(have)
                    + (total.isPresent() ? " of " + size(total.getAsLong()) + ", " + percent(have, total) : "")
                    + speed(now - begun.at(), have - begun.bytes()));
        }
    }

    @Override
    public void ended() {
        begun = new Begun("", 0, 0);
        if (width > 0) {
            show("");
            err.print('\r');
            err.flush();
        }
    }

    private void show(String line) {
        err.print('\r' + line + " ".repeat(Math.max(0, width - line.length())));
        err.flush();
        width = line.length();
    }

    private static String nameOf(String work) {
        String path = work.replaceFirst("[?#].*", "");
        String name = Printable.of(path.substring(path.lastIndexOf('/') + 1));
        return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME - 3) + "...";
    }

    private static String percent(long have, OptionalLong total) {
        return Math.round(100.0 * have / Math.max(1, total.getAsLong())) + " %";
    }

    private static String speed(long nanos, long fetched) {
        return nanos <= 0 ? "" : ", " + size(Math.round(fetched * 1e9 / nanos)) + "/s";
    }

    private static String size(long bytes) {
        double size = bytes;
        int unit = 0;
        while (size >= 1000 && unit < UNITS.size() - 1) {
            size /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", size, UNITS.get(unit));
    }
}
