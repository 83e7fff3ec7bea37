package io.graft.benchmarks.files;

import static io.graft.tensor.expression.Expressions.add;
import static io.graft.tensor.expression.Expressions.constant;
import static io.graft.tensor.expression.Expressions.divide;
import static io.graft.tensor.expression.Expressions.matMul;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.norm;

import com.sun.management.OperatingSystemMXBean;
import io.graft.benchmarks.measuring.Folders;
import io.graft.benchmarks.measuring.LargeCheckpoint;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.ElementBlock;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.Expressions;
import io.graft.tensor.expression.bands.ExpressionTensors;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Merging an adapter of rank 8 into every tensor of a file, from file to file on all processors: by code that can do nothing else, and
 * by expressions. All take turns in this process, which is warm; ratios are medians of those of each round, in wall time and in the
 * processors' own time, which other programs disturb less.
 *
 * <p>Arguments: a folder to work in, and optionally mebibytes and rounds. Inputs are made in the folder and removed at the end.
 */
public final class MergeBenchmark {
    private static final Shape SHAPE = Shape.of(4096, 1024);
    private static final int RANK = 8;
    private static final int WARMING = 3;
    private static final WriteOptions PLAIN = new WriteOptions(false, false, Part.WHOLE);

    private final Path folder;
    private final Checkpoint adapter;
    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /** A way to merge one tensor. */
    private interface Method {
        TensorData merge(LazyTensor base, LazyTensor a, LazyTensor b, LazyTensor rows, LazyTensor columns)
                throws IOException;
    }

    /** What one run took. */
    private record Times(double wall, double processor) {}

    private MergeBenchmark(Path folder) {
        this.folder = folder;
        this.adapter = Checkpoint.open(folder.resolve("adapter").resolve("adapter_model.safetensors"));
    }

    /** Runs the benchmark and prints a table for each dtype. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 1) {
            System.err.println("usage: MergeBenchmark FOLDER [MEBIBYTES [ROUNDS]]");
            return;
        }
        int mebibytes = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 512;
        int rounds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 11;
        Path folder = Files.createDirectories(Path.of(arguments[0])).resolve("graft-merge-benchmark");
        Files.createDirectories(folder);
        try {
            LargeCheckpoint.writeAdapter(folder.resolve("adapter"), "layers.", 1, SHAPE, RANK);
            LargeCheckpoint.write(folder.resolve("rows.safetensors"), "m", "", 1, Shape.of(SHAPE.dimension(0), 1), 5);
            LargeCheckpoint.write(
                    folder.resolve("columns.safetensors"), "m", "", 1, Shape.of(1, SHAPE.dimension(1)), 6);
            for (DType dtype : List.of(DType.BF16, DType.F32)) {
                int tensors = (int) (((long) mebibytes << 20) / dtype.byteCount(SHAPE));
                Path model = folder.resolve(dtype + ".safetensors");
                LargeCheckpoint.write(model, "layers.", ".weight", tensors, dtype, SHAPE, 1);
                new MergeBenchmark(folder).run(Checkpoint.open(model), rounds, mebibytes + " MiB of " + dtype);
            }
        } finally {
            Folders.delete(folder);
        }
    }

    private void run(Checkpoint model, int rounds, String title) throws IOException {
        Map<String, Method> methods = new LinkedHashMap<>();
        methods.put("LoRA, special code", (base, a, b, rows, columns) -> special(base, a, b));
        methods.put("LoRA", (base, a, b, rows, columns) -> evaluated(lora(base, a, b), base));
        methods.put("DoRA, norms of rows", (base, a, b, rows, columns) -> evaluated(dora(base, a, b, rows, 1), base));
        methods.put(
                "DoRA, norms of columns", (base, a, b, rows, columns) -> evaluated(dora(base, a, b, columns, 0), base));
        Map<String, List<Times>> times = new LinkedHashMap<>();
        for (int round = -WARMING; round < rounds; round++) {
            for (Map.Entry<String, Method> method : methods.entrySet()) {
                Times taken = write(model, method.getValue());
                if (round >= 0) {
                    times.computeIfAbsent(method.getKey(), name -> new ArrayList<>())
                            .add(taken);
                }
            }
        }
        print(title, times);
    }

    private Times write(Checkpoint model, Method method) throws IOException {
        Path out = Files.createTempDirectory(folder, "out");
        LazyTensor a = tensor(adapter, 0);
        LazyTensor b = tensor(adapter, 1);
        LazyTensor rows = tensor(Checkpoint.open(folder.resolve("rows.safetensors")), 0);
        LazyTensor columns = tensor(Checkpoint.open(folder.resolve("columns.safetensors")), 0);
        List<OutputTensor> merged = new ArrayList<>();
        for (TensorEntry entry : entries(model)) {
            LazyTensor base = StoredTensor.of(entry, "model");
            merged.add(new OutputTensor(
                    entry.name(),
                    entry.dtype(),
                    entry.shape(),
                    () -> new DTypeConversion(method.merge(base, a, b, rows, columns), DType.F32, entry.dtype())));
        }
        long processor = system.getProcessCpuTime();
        long start = System.nanoTime();
        new SafetensorsWriter(out, "model", SafetensorsWriter.UNLIMITED, Map.of(), PLAIN).write(merged);
        Times times = new Times((System.nanoTime() - start) / 1e9, (system.getProcessCpuTime() - processor) / 1e9);
        Folders.delete(out);
        return times;
    }

    private static List<TensorEntry> entries(Checkpoint checkpoint) {
        return List.copyOf(checkpoint.tensors().values());
    }

    private static LazyTensor tensor(Checkpoint checkpoint, int index) {
        return StoredTensor.of(entries(checkpoint).get(index), "adapter");
    }

    private static TensorData special(LazyTensor base, LazyTensor a, LazyTensor b) throws IOException {
        TensorData data = base.materialize();
        int columns = (int) SHAPE.dimension(1);
        return TensorData.computed(
                data,
                DType.F32,
                SHAPE.elementCount(),
                new SpecialSum(data, base.dtype(), floats(b), floats(a), columns, 2));
    }

    private static float[] floats(LazyTensor tensor) throws IOException {
        float[] all = new float[(int) tensor.shape().elementCount()];
        TensorData.Elements elements =
                tensor.materialize().elements(tensor.dtype(), 0, all.length, ByteBuffer.allocate(0));
        ElementBlock block = new ElementBlock(all.length);
        for (int done = 0; done < all.length; ) {
            int count = Math.min(block.capacity(), all.length - done);
            elements.next(block, count);
            System.arraycopy(block.floats(), 0, all, done, count);
            done += count;
        }
        return all;
    }

    private static TensorData evaluated(Expression root, LazyTensor base) throws IOException {
        return ExpressionTensors.evaluate(root, "merge", Optional.of(base), Map.of())
                .materialize();
    }

    private static Expression lora(LazyTensor base, LazyTensor a, LazyTensor b) {
        Expression below = new Expression.Below(base.shape(), base.dtype());
        return add(below, multiply(matMul(Expressions.stored(b), Expressions.stored(a)), constant(2)));
    }

    private static Expression dora(LazyTensor base, LazyTensor a, LazyTensor b, LazyTensor magnitudes, int axis) {
        Expression merged = lora(base, a, b);
        return multiply(merged, divide(Expressions.stored(magnitudes), norm(merged, axis)));
    }

    private static void print(String title, Map<String, List<Times>> times) {
        System.out.printf(
                Locale.ROOT, "%n%s, %d rounds%n%n", title, times.get("LoRA").size());
        System.out.println("| what | seconds | of processors | ratio | of processors | beside |");
        System.out.println("|---|---:|---:|---:|---:|---|");
        times.forEach((name, runs) -> {
            String beside = name.equals("LoRA") || name.startsWith("LoRA,") ? "LoRA, special code" : "LoRA";
            List<Times> others = times.get(beside);
            List<Double> wall = new ArrayList<>();
            List<Double> processor = new ArrayList<>();
            for (int i = 0; i < runs.size(); i++) {
                wall.add(runs.get(i).wall() / others.get(i).wall());
                processor.add(runs.get(i).processor() / others.get(i).processor());
            }
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.3f | %.3f | %.2f | %.2f | %s |%n",
                    name,
                    median(runs.stream().map(Times::wall).toList()),
                    median(runs.stream().map(Times::processor).toList()),
                    median(wall),
                    median(processor),
                    beside);
        });
    }

    private static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }
}
