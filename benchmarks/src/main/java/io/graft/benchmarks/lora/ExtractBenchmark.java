package io.graft.benchmarks.lora;

import com.sun.management.OperatingSystemMXBean;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.modifiers.lora.extract.AdapterExtractor;
import io.graft.modifiers.lora.extract.ExtractedAdapter;
import io.graft.modifiers.lora.resize.TargetRank;
import io.graft.tensor.DType;
import io.graft.tensor.Initializer;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An adapter of rank 16 made of two checkpoints of 12 layers, 768 wide: all 72 matrices differ, by random numbers. What PyTorch takes for
 * the decompositions alone, {@code reference/time_extraction.py} tells. Times are by the clock and the processors' own, which other programs
 * disturb less.
 *
 * <p>Arguments: a folder to work in, and optionally rounds. Inputs are made in the folder and stay there.
 */
public final class ExtractBenchmark {
    private static final int LAYERS = 12;
    private static final int WIDTH = 768;

    private ExtractBenchmark() {}

    public static void main(String[] args) throws IOException {
        if (args.length < 1) {
            System.err.println("usage: ExtractBenchmark FOLDER [ROUNDS]");
            return;
        }
        Path folder = Files.createTempDirectory(Path.of(args[0]), "extract");
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 4;
        Checkpoint base = checkpoint(folder, "base", 1);
        Checkpoint tuned = checkpoint(folder, "tuned", 2);
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        System.out.println("| seconds | of processors | lost |\n|---:|---:|---:|");
        for (int i = 0; i < rounds; i++) {
            long start = System.nanoTime();
            long used = system.getProcessCpuTime();
            ExtractedAdapter extracted = new AdapterExtractor(new TargetRank.Fixed(16), List.of(), List.of(), Map.of())
                    .extract(base, tuned, folder.resolve("adapter" + i));
            System.out.printf(
                    Locale.ROOT,
                    "| %.2f | %.2f | %.4f |%n",
                    (System.nanoTime() - start) / 1e9,
                    (system.getProcessCpuTime() - used) / 1e9,
                    extracted.lost());
        }
    }

    private static Checkpoint checkpoint(Path folder, String name, long seed) throws IOException {
        List<OutputTensor> tensors = new ArrayList<>();
        for (int layer = 0; layer < LAYERS; layer++) {
            for (String module : List.of("query", "key", "value", "output")) {
                add(tensors, "layer." + layer + "." + module, Shape.of(WIDTH, WIDTH), seed);
            }
            add(tensors, "layer." + layer + ".up", Shape.of(4L * WIDTH, WIDTH), seed);
            add(tensors, "layer." + layer + ".down", Shape.of(WIDTH, 4L * WIDTH), seed);
        }
        WriteOptions options = new WriteOptions(false, false, Part.WHOLE);
        new SafetensorsWriter(folder, name, SafetensorsWriter.UNLIMITED, Map.of(), options).write(tensors);
        return Checkpoint.open(folder.resolve(name + ".safetensors"));
    }

    private static void add(List<OutputTensor> tensors, String module, Shape weight, long seed) {
        Shape bias = Shape.of(weight.dimension(0));
        Initializer normal = new Initializer(Initializer.Kind.NORMAL, 0.02);
        tensors.add(new OutputTensor(
                module + ".weight",
                DType.F32,
                weight,
                () -> normal.tensor(seed, module, DType.F32, weight, weight).materialize()));
        tensors.add(new OutputTensor(
                module + ".bias",
                DType.F32,
                bias,
                () -> Initializer.of(Initializer.Kind.ZEROS)
                        .tensor(seed, module, DType.F32, bias, bias)
                        .materialize()));
    }
}
