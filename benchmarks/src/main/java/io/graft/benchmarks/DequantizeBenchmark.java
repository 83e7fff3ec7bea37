package io.graft.benchmarks;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * How fast a quantized checkpoint becomes one of plain numbers, layout by layout, from file to file in a warm process, without digest and
 * without forcing the file.
 *
 * <p>Arguments: a folder to work in, and optionally how many millions of elements, and a word of the names of the layouts. The process should be given {@code -Xmx256m}, so
 * that the peak that it prints says something.
 */
public final class DequantizeBenchmark {
    private static final int RUNS = 7;
    private static final int WARMING = 3;
    private static final Shape SHAPE = Shape.of(4096, 4096);
    private static final WriteOptions PLAIN = new WriteOptions(false, false, Part.WHOLE);

    private DequantizeBenchmark() {}

    /** How the scales lie. */
    private record Layout(String name, String suffix, DType scales, Shape grid, String config) {
        static final List<Layout> ALL = List.of(
                new Layout(
                        "blocks of 128 x 128, F32",
                        "_scale_inv",
                        DType.F32,
                        Shape.of(32, 32),
                        "{\"quantization_config\": {\"quant_method\": \"fp8\", \"weight_block_size\": [128, 128]}}"),
                new Layout(
                        "one scale a row, BF16",
                        "_scale",
                        DType.BF16,
                        Shape.of(4096, 1),
                        "{\"quantization_config\": {\"quant_method\": \"compressed-tensors\"}}"),
                new Layout(
                        "MXFP8, 32 columns, exponents",
                        "_scale_inv",
                        DType.U8,
                        Shape.of(4096, 128),
                        "{\"quantization_config\": {\"quant_method\": \"mxfp8\", \"weight_block_size\": [1, 32]}}"));
    }

    /** Runs the benchmark and prints its table. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 1) {
            System.err.println("usage: DequantizeBenchmark FOLDER [MILLIONS]");
            return;
        }
        int tensors = (arguments.length > 1 ? Integer.parseInt(arguments[1]) : 512) / 16;
        System.out.printf(
                Locale.ROOT, "%d tensors of %s, median of %d runs in a warm process%n%n", tensors, SHAPE, RUNS);
        System.out.println("| stored as | G elements/s |");
        System.out.println("|---|---:|");
        for (Layout layout : Layout.ALL) {
            if (arguments.length > 2 && !layout.name().contains(arguments[2])) {
                continue;
            }
            Path folder = Files.createDirectories(Path.of(arguments[0])).resolve("graft-dequantize-benchmark");
            Files.createDirectories(folder);
            try {
                write(folder, tensors, layout);
                measure("FP8, " + layout.name(), Checkpoint.open(folder), folder.resolve("out"), tensors);
            } finally {
                Folders.delete(folder);
            }
        }
        for (QuantizedModels.Kind kind : QuantizedModels.all()) {
            if (arguments.length > 2 && !kind.name().contains(arguments[2])) {
                continue;
            }
            Path folder = Files.createDirectories(Path.of(arguments[0]).resolve("graft-dequantize-benchmark"));
            try {
                kind.write(folder, tensors);
                measure(kind.name(), Checkpoint.open(folder), folder.resolve("out"), tensors);
            } finally {
                Folders.delete(folder);
            }
        }
        Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM"))
                .forEach(System.out::println);
    }

    private static void measure(String name, Checkpoint checkpoint, Path out, int tensors) throws IOException {
        double elements = (double) tensors * SHAPE.elementCount() / 1e9;
        System.out.printf(
                Locale.ROOT,
                "| %s | %.2f |%n",
                name,
                elements / median(checkpoint.tensors().values(), out));
    }

    private static double median(Collection<TensorEntry> entries, Path out) throws IOException {
        double[] seconds = new double[RUNS];
        for (int run = -WARMING; run < RUNS; run++) {
            Files.createDirectories(out);
            List<OutputTensor> tensors = new ArrayList<>();
            entries.forEach(
                    entry -> tensors.add(new OutputTensor(entry.name(), entry.dtype(), entry.shape(), entry::data)));
            long start = System.nanoTime();
            new SafetensorsWriter(out, "model", SafetensorsWriter.UNLIMITED, Map.of(), PLAIN).write(tensors);
            if (run >= 0) {
                seconds[run] = (System.nanoTime() - start) / 1e9;
            }
            Folders.delete(out);
        }
        Arrays.sort(seconds);
        return seconds[RUNS / 2];
    }

    private static void write(Path folder, int tensors, Layout layout) throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        byte[] codes = new byte[(int) SHAPE.elementCount()];
        random.nextBytes(codes);
        for (int i = 0; i < codes.length; i++) {
            // no code for no number
            codes[i] = (codes[i] & 0x7f) == 0x7f ? 0 : codes[i];
        }
        ByteBuffer scales = ByteBuffer.allocate((int) layout.scales().byteCount(layout.grid()))
                .order(ByteOrder.LITTLE_ENDIAN);
        while (scales.hasRemaining()) {
            switch (layout.scales()) {
                case F32 -> scales.putFloat((float) random.nextDouble(0.001, 0.01));
                case BF16 -> scales.putShort((short) (0x3c00 + random.nextInt(0x80)));
                default -> scales.put((byte) (115 + random.nextInt(10)));
            }
        }
        scales.rewind();
        List<OutputTensor> state = new ArrayList<>();
        for (int i = 0; i < tensors; i++) {
            String name = "layers." + i + ".weight";
            state.add(new OutputTensor(name, DType.F8_E4M3, SHAPE, () -> TensorData.of(ByteBuffer.wrap(codes))));
            state.add(new OutputTensor(
                    name + layout.suffix(), layout.scales(), layout.grid(), () -> TensorData.of(scales.duplicate())));
        }
        new SafetensorsWriter(folder, "model", SafetensorsWriter.UNLIMITED, Map.of(), PLAIN).write(state);
        Files.writeString(folder.resolve("config.json"), layout.config());
    }
}
