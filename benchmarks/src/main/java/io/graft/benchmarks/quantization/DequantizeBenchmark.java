package io.graft.benchmarks.quantization;

import com.sun.management.OperatingSystemMXBean;
import io.graft.benchmarks.measuring.Folders;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.WriteOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How fast a quantized checkpoint becomes one of plain numbers, layout by layout, from file to file in a warm process, without digest and
 * without forcing the file.
 *
 * <p>Arguments: a folder to work in, and optionally how many millions of elements, and a word of the names of the layouts. The process
 * should be given {@code -Xmx192m}, so that
 * the peak that it prints says something.
 */
public final class DequantizeBenchmark {
    private static final int RUNS = 7;
    private static final int WARMING = 3;
    private static final WriteOptions PLAIN = new WriteOptions(false, false, Part.WHOLE);

    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private DequantizeBenchmark() {}

    /** Runs the benchmark and prints its table. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 1) {
            System.err.println("usage: DequantizeBenchmark FOLDER [MILLIONS [WORD]]");
            return;
        }
        int tensors = (arguments.length > 1 ? Integer.parseInt(arguments[1]) : 512) / 16;
        System.out.printf(
                Locale.ROOT,
                "%d tensors of %s, median of %d runs in a warm process%n%n",
                tensors,
                "[4096, 4096]",
                RUNS);
        System.out.println("| stored as | G elements/s | ns of processor time an element |");
        System.out.println("|---|---:|---:|");
        for (QuantizedModels.Kind kind : QuantizedModels.all()) {
            if (arguments.length > 2 && !kind.name().contains(arguments[2])) {
                continue;
            }
            Path folder = Files.createDirectories(Path.of(arguments[0]).resolve("graft-dequantize-benchmark"));
            try {
                kind.write(folder, tensors);
                measure(kind.name(), Checkpoint.open(kind.file(folder)), folder.resolve("out"), tensors);
            } finally {
                Folders.delete(folder);
            }
        }
        Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM"))
                .forEach(System.out::println);
    }

    /** Prints the medians of some runs. */
    private static void measure(String name, Checkpoint checkpoint, Path out, int tensors) throws IOException {
        double elements = (double) tensors * QuantizedModels.SIZE * QuantizedModels.SIZE;
        double[] seconds = new double[RUNS];
        double[] processor = new double[RUNS];
        for (int run = -WARMING; run < RUNS; run++) {
            Files.createDirectories(out);
            List<OutputTensor> outputs = checkpoint.tensors().values().stream()
                    .map(entry -> new OutputTensor(entry.name(), entry.dtype(), entry.shape(), entry::data))
                    .toList();
            long used = PROCESS.getProcessCpuTime();
            long start = System.nanoTime();
            new SafetensorsWriter(out, "model", SafetensorsWriter.UNLIMITED, Map.of(), PLAIN).write(outputs);
            if (run >= 0) {
                seconds[run] = (System.nanoTime() - start) / 1e9;
                processor[run] = PROCESS.getProcessCpuTime() - used;
            }
            Folders.delete(out);
        }
        Arrays.sort(seconds);
        Arrays.sort(processor);
        System.out.printf(
                Locale.ROOT,
                "| %s | %.2f | %.1f |%n",
                name,
                elements / 1e9 / seconds[RUNS / 2],
                processor[RUNS / 2] / elements);
    }
}
