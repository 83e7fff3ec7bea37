package io.graft.benchmarks.measuring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One finished process.
 *
 * @param seconds wall time from start to end
 * @param peakKibibytes largest resident set that the kernel saw; 0 where the kernel does not tell
 */
public record MeasuredProcess(double seconds, long peakKibibytes) {
    /**
     * Runs a command to its end.
     *
     * @throws IOException if it cannot be started or does not end with exit code 0
     */
    public static MeasuredProcess run(Path output, List<String> command) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        long peak = 0;
        // Seldom, for looking takes time from a command that uses every processor; the kernel keeps the peak.
        do {
            peak = Math.max(peak, peakOf(status));
        } while (!process.waitFor(10, TimeUnit.MILLISECONDS));
        double seconds = (System.nanoTime() - start) / 1e9;
        if (process.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + " failed: " + Files.readString(output));
        }
        return new MeasuredProcess(seconds, peak);
    }

    private static long peakOf(Path status) {
        try {
            return Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException ended) {
            // the process ended between open and read
            return 0;
        }
    }
}
