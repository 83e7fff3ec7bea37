package io.graft.benchmarks.quantization;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.graft.apply.ModelModifierApplier;
import io.graft.benchmarks.measuring.Turns;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.StoredTensor;
import io.graft.djl.ModifiedModel;
import io.graft.djl.StartedEngine;
import io.graft.djl.array.EngineArrays;
import io.graft.djl.run.PyTorchEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Encoders of texts, in turns in one process: the first as it is, the others with quantized weights. Each is a TorchScript program, or what a
 * configuration gives. Tells the median time of a forward, by the clock and of the processors, how much faster the others are, and the least cosine of a text's embedding, the mean of its hidden states, with
 * the first's. Memory that is freed is kept, unless {@code io.graft.mallopt} is {@code none}.
 */
public final class QuantizedEncoderBenchmark {
    private static final int WARM_UP = 4;

    private QuantizedEncoderBenchmark() {}

    /** {@code ROUNDS INPUTS ENCODER OTHER...}: archives, or files ({@code .conf}) whose model Graft opens and modifies; the inputs are a file
     * with ids, masks and whatever else the encoders take, by number. */
    public static void main(String[] arguments) throws IOException, MalformedModelException {
        if (arguments.length < 4) {
            System.err.println("usage: QuantizedEncoderBenchmark ROUNDS INPUTS ENCODER OTHER...");
            return;
        }
        PyTorchEngine.start();
        System.out.println(StartedEngine.keepFreedMemory()
                .map(why -> "Freed memory is as the C library has it: " + why)
                .orElse("Freed memory is kept"));
        int rounds = Integer.parseInt(arguments[0]);
        Checkpoint inputs = Checkpoint.open(Path.of(arguments[1]));
        List<Encoder> encoders = new ArrayList<>();
        for (String file : List.of(arguments).subList(2, arguments.length)) {
            encoders.add(Encoder.load(Path.of(file), inputs));
        }
        for (int round = -WARM_UP; round < rounds; round++) {
            for (Encoder encoder : encoders) {
                encoder.run(round >= 0);
            }
        }
        Encoder first = encoders.get(0);
        System.out.println(
                "| encoder | ms | of processors | times as fast | of processors | least cosine |\n|---|---:|---:|---:|---:|---:|");
        for (Encoder encoder : encoders) {
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.1f | %.1f | %.2f | %.2f | %.5f |%n",
                    encoder.file(),
                    encoder.clock() * 1e3,
                    encoder.processors() * 1e3,
                    first.clock() / encoder.clock(),
                    first.processors() / encoder.processors(),
                    encoder.leastCosine(first));
        }
        encoders.forEach(Encoder::close);
    }

    /**
     * An encoder with its inputs.
     *
     * @param manager what computed arrays belong to
     * @param model what is closed in the end
     * @param seconds of the forwards that count
     */
    private record Encoder(
            Path file,
            Block block,
            NDManager manager,
            AutoCloseable model,
            NDList inputs,
            List<Turns.Seconds> seconds) {
        static Encoder load(Path file, Checkpoint inputs) throws IOException, MalformedModelException {
            return file.toString().endsWith(".conf") ? configured(file, inputs) : program(file, inputs);
        }

        private static Encoder configured(Path file, Checkpoint inputs) throws IOException {
            ModifiedModel modified =
                    ModelModifierApplier.create().configuration(file).open();
            NDManager manager = NDManager.newBaseManager("PyTorch");
            return new Encoder(file, modified.block(), manager, modified, arrays(manager, inputs), new ArrayList<>());
        }

        private static Encoder program(Path file, Checkpoint inputs) throws IOException, MalformedModelException {
            Model model = Model.newInstance(file.toString(), "PyTorch");
            model.load(file.toAbsolutePath().getParent(), file.getFileName().toString());
            NDManager manager = model.getNDManager();
            return new Encoder(file, model.getBlock(), manager, model, arrays(manager, inputs), new ArrayList<>());
        }

        private static NDList arrays(NDManager manager, Checkpoint inputs) throws IOException {
            NDList arrays = new NDList();
            for (int i = 0; i < inputs.tensors().size(); i++) {
                arrays.add(EngineArrays.create(
                        manager, StoredTensor.initial(inputs.tensors().get(String.valueOf(i)))));
            }
            return arrays;
        }

        void close() {
            try {
                model.close();
            } catch (Exception failure) {
                throw new IllegalStateException(file + " could not be closed", failure);
            }
        }

        void run(boolean counts) throws IOException {
            try (NDManager scope = manager.newSubManager()) {
                Turns.Seconds taken = Turns.Seconds.of(() -> forward(scope));
                if (counts) {
                    seconds.add(taken);
                }
            }
        }

        private NDArray forward(NDManager scope) {
            NDList given = block.forward(new ParameterStore(scope, false), inputs, false);
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

        double leastCosine(Encoder other) {
            try (NDManager scope = manager.newSubManager()) {
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
