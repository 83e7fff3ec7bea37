package io.graft.benchmarks.quantization;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import io.graft.benchmarks.measuring.Turns;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.StoredTensor;
import io.graft.djl.StartedEngine;
import io.graft.djl.array.EngineArrays;
import io.graft.djl.run.PyTorchEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Encoders of texts as TorchScript programs, in turns in one process: the first as it is, the others with quantized weights. Tells the
 * median time of a forward, by the clock and of the processors, how much faster the others are, and the least cosine of a text's embedding, the mean of its hidden states, with
 * the first's. Memory that is freed is kept, unless {@code io.graft.mallopt} is {@code none}.
 */
public final class QuantizedProgramBenchmark {
    private static final int WARM_UP = 4;

    private QuantizedProgramBenchmark() {}

    /** {@code ROUNDS INPUTS ARCHIVE OTHER...}; the inputs are a file with ids, masks and whatever else the programs take, by number. */
    public static void main(String[] arguments) throws IOException, MalformedModelException {
        PyTorchEngine.start();
        System.out.println(StartedEngine.keepFreedMemory()
                .map(why -> "Freed memory is as the C library has it: " + why)
                .orElse("Freed memory is kept"));
        int rounds = Integer.parseInt(arguments[0]);
        Checkpoint inputs = Checkpoint.open(Path.of(arguments[1]));
        List<Program> programs = new ArrayList<>();
        for (String archive : List.of(arguments).subList(2, arguments.length)) {
            programs.add(Program.load(Path.of(archive), inputs));
        }
        for (int round = -WARM_UP; round < rounds; round++) {
            for (Program program : programs) {
                program.run(round >= 0);
            }
        }
        Program first = programs.get(0);
        System.out.println(
                "| program | bytes | ms | of processors | times as fast | of processors | least cosine |\n|---|---:|---:|---:|---:|---:|---:|");
        for (Program program : programs) {
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %d | %.1f | %.1f | %.2f | %.2f | %.5f |%n",
                    program.archive(),
                    Files.size(program.archive()),
                    program.clock() * 1e3,
                    program.processors() * 1e3,
                    first.clock() / program.clock(),
                    first.processors() / program.processors(),
                    program.leastCosine(first));
        }
        programs.forEach(program -> program.model().close());
    }

    /**
     * A program with its inputs.
     *
     * @param seconds of the forwards that count
     */
    private record Program(Path archive, Model model, NDList inputs, List<Turns.Seconds> seconds) {
        static Program load(Path archive, Checkpoint inputs) throws IOException, MalformedModelException {
            Model model = Model.newInstance(archive.toString(), "PyTorch");
            model.load(
                    archive.toAbsolutePath().getParent(), archive.getFileName().toString());
            NDList arrays = new NDList();
            for (int i = 0; i < inputs.tensors().size(); i++) {
                arrays.add(EngineArrays.create(
                        model.getNDManager(),
                        StoredTensor.initial(inputs.tensors().get(String.valueOf(i)))));
            }
            return new Program(archive, model, arrays, new ArrayList<>());
        }

        void run(boolean counts) throws IOException {
            try (NDManager scope = model.getNDManager().newSubManager()) {
                Turns.Seconds taken = Turns.Seconds.of(() -> forward(scope));
                if (counts) {
                    seconds.add(taken);
                }
            }
        }

        private NDArray forward(NDManager scope) {
            NDList given = model.getBlock().forward(new ParameterStore(scope, false), inputs, false);
            given.attach(scope);
            return given.get(0);
        }

        double clock() {
            return Turns.median(seconds.stream().map(Turns.Seconds::clock).toList());
        }

        double processors() {
            return Turns.median(
                    seconds.stream().map(Turns.Seconds::ofProcessors).toList());
        }

        double leastCosine(Program other) {
            try (NDManager scope = model.getNDManager().newSubManager()) {
                NDArray mine = embeddings(scope);
                NDArray theirs = other.embeddings(scope);
                return mine.mul(theirs).sum(new int[] {1}).min().getFloat();
            }
        }

        /** Of length 1. */
        private NDArray embeddings(NDManager scope) {
            NDArray hidden = forward(scope);
            NDArray mask = inputs.get(1).toType(hidden.getDataType(), false).expandDims(2);
            NDArray mean = hidden.mul(mask).sum(new int[] {1}).div(mask.sum(new int[] {1}));
            return mean.div(mean.norm(new int[] {1}, true));
        }
    }
}
