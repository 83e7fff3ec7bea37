package io.graft.benchmarks.quantization;

import com.sun.management.OperatingSystemMXBean;
import io.graft.apply.ModelModifierApplier;
import io.graft.benchmarks.measuring.Folders;
import io.graft.benchmarks.measuring.LargeCheckpoint;
import io.graft.config.reading.ConfigOverrides;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How fast a checkpoint of F32 is quantized, scheme by scheme, from file to file in a warm process, without forcing the
 * file, and how often its bytes are read for that. Errors are measured on the way, as in any run.
 *
 * <p>Arguments: a folder to work in, and optionally how many mebibytes, a word of the names of the schemes, and whether there is a digest
 * ({@code sha256}; else {@code none}). The process should be
 * given {@code -Xmx192m}, so that the peak that it prints says something.
 */
public final class QuantizeBenchmark {
    private static final int RUNS = 5;
    private static final int WARMING = 2;
    private static final Shape SHAPE = Shape.of(4096, 4096);
    private static final int MEBIBYTES_OF_A_TENSOR = 64;
    private static final Path COUNTS = Path.of("/proc/self/io");

    private static final List<String> SCHEMES =
            List.of("int8", "nf4", "nf4, double-quantization = true", "fp4", "nf4, compute-dtype = bf16");

    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private QuantizeBenchmark() {}

    /** Runs the benchmark and prints its table. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 1) {
            System.err.println("usage: QuantizeBenchmark FOLDER [MEBIBYTES [WORD [DIGEST]]]");
            return;
        }
        int tensors =
                Math.max(1, (arguments.length > 1 ? Integer.parseInt(arguments[1]) : 2048) / MEBIBYTES_OF_A_TENSOR);
        Path folder = Files.createDirectories(Path.of(arguments[0]).resolve("graft-quantize-benchmark"));
        System.out.printf(
                Locale.ROOT, "%d tensors of [4096, 4096], F32, median of %d runs in a warm process%n%n", tensors, RUNS);
        System.out.println("| scheme | GB/s of input | ns of processor time an element | bytes read / input |");
        System.out.println("|---|---:|---:|---:|");
        try {
            LargeCheckpoint.write(folder.resolve("model.safetensors"), "layers.", ".weight", tensors, SHAPE, 1);
            for (String scheme : SCHEMES) {
                if (arguments.length < 3 || scheme.contains(arguments[2])) {
                    measure(scheme, folder, tensors, arguments.length > 3 ? arguments[3] : "none");
                }
            }
        } finally {
            Folders.delete(folder);
        }
        System.out.printf(
                Locale.ROOT, "%nheap at most %d MiB%n", Runtime.getRuntime().maxMemory() >> 20);
    }

    private static void measure(String scheme, Path folder, int tensors, String digest) throws IOException {
        Path config = Files.writeString(folder.resolve("quantize.conf"), """
                graft {
                  model.checkpoint = "model.safetensors"
                  modifiers = [ { type = quantization, scheme = %s } ]
                  output { path = out, max-shard-size = 1TB }
                }
                """.formatted(scheme));
        double[] seconds = new double[RUNS];
        double[] busy = new double[RUNS];
        List<String> settings = List.of("graft.output.digest=" + digest, "graft.output.sync=false");
        long read = 0;
        for (int run = -WARMING; run < RUNS; run++) {
            long start = System.nanoTime();
            long busySince = PROCESS.getProcessCpuTime();
            long readSince = bytesRead();
            ModelModifierApplier.create()
                    .configuration(config, ConfigOverrides.ofProcess(settings))
                    .run();
            read = bytesRead() - readSince;
            if (run >= 0) {
                seconds[run] = (System.nanoTime() - start) / 1e9;
                busy[run] = PROCESS.getProcessCpuTime() - busySince;
            }
            Folders.delete(folder.resolve("out"));
        }
        Arrays.sort(seconds);
        Arrays.sort(busy);
        long elements = tensors * SHAPE.elementCount();
        System.out.printf(
                Locale.ROOT,
                "| %s | %.2f | %.1f | %.2f |%n",
                scheme,
                elements * Float.BYTES / seconds[RUNS / 2] / 1e9,
                busy[RUNS / 2] / elements,
                (double) read / (elements * Float.BYTES));
    }

    /** By all reads of this process, as Linux counts them; 0 elsewhere. */
    private static long bytesRead() throws IOException {
        return Files.isReadable(COUNTS)
                ? Long.parseLong(Files.readAllLines(COUNTS).get(0).replace("rchar: ", ""))
                : 0;
    }
}
