package io.graft.benchmarks.live;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import io.graft.ModifierRecord;
import io.graft.Plan;
import io.graft.djl.BlockTarget;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.TensorData;
import io.graft.tensor.expression.Expression;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * LoRA on query and value of an encoder layer, trained by DJL's own trainer: with weights computed as a whole in each step, and in
 * factors; in turns, in one process.
 */
public final class LiveTrainingBenchmark {
    private static final int WIDTH = 768;
    private static final int RANK = 8;
    private static final Shape INPUT = new Shape(4, 128, WIDTH);
    private static final int WARM_UP = 3;
    private static final int STEPS = 15;

    private LiveTrainingBenchmark() {}

    /** Takes no arguments. */
    public static void main(String[] args) throws IOException {
        try (Model whole = adapted(true);
                Model factored = adapted(false);
                Trainer wholeTrainer = trainer(whole);
                Trainer factoredTrainer = trainer(factored)) {
            List<Double> wholeSeconds = new ArrayList<>();
            List<Double> factoredSeconds = new ArrayList<>();
            for (int i = 0; i < WARM_UP + STEPS; i++) {
                double first = step(wholeTrainer);
                double second = step(factoredTrainer);
                if (i >= WARM_UP) {
                    wholeSeconds.add(first);
                    factoredSeconds.add(second);
                }
            }
            double a = median(wholeSeconds);
            double b = median(factoredSeconds);
            System.out.printf(
                    Locale.ROOT,
                    "LoRA of rank %d on query and value, %d wide, batch 4 x 128; medians of %d steps in turns%n"
                            + "| weights computed as a whole | in factors | ratio |%n|---:|---:|---:|%n"
                            + "| %.3f s | %.3f s | %.2f |%n",
                    RANK,
                    WIDTH,
                    STEPS,
                    a,
                    b,
                    a / b);
        }
    }

    private static Model adapted(boolean whole) throws IOException {
        Model model = Model.newInstance("encoder", "PyTorch");
        Block encoder = new TransformerEncoderBlock(WIDTH, 12, 4 * WIDTH, 0, Activation::relu);
        model.setBlock(encoder);
        encoder.initialize(model.getNDManager(), DataType.FLOAT32, INPUT);
        BlockTarget target = BlockTarget.of(model);
        ModelDraft draft = target.draft();
        List<DraftTensor> projections = draft.tensors().stream()
                .filter(tensor -> tensor.shape().equals(io.graft.tensor.Shape.of(WIDTH, WIDTH)))
                .toList();
        List.copyOf(draft.tensors()).forEach(tensor -> draft.freeze(tensor.name()));
        // In the order of DJL's block: key, query, value, result.
        draft.parametrize(projections.get(1).name(), "default", new Lora(whole));
        draft.parametrize(projections.get(2).name(), "default", new Lora(whole));
        ModifierRecord record =
                new ModifierRecord(0, "lora", "benchmark", Map.of(), draft.changes(), List.of(), List.of(), List.of());
        target.commit(new Plan(target.ref(), List.of(record), List.copyOf(draft.tensors()), List.of()))
                .close();
        return model;
    }

    private static Trainer trainer(Model model) {
        Trainer trainer = model.newTrainer(new DefaultTrainingConfig(Loss.l2Loss())
                .optDevices(new Device[] {Device.cpu()})
                .optOptimizer(Optimizer.adam().build()));
        trainer.initialize(INPUT);
        return trainer;
    }

    private static double step(Trainer trainer) {
        try (NDManager scope = trainer.getManager().newSubManager()) {
            NDArray inputs = scope.randomNormal(INPUT);
            NDArray labels = scope.zeros(INPUT);
            long start = System.nanoTime();
            try (GradientCollector collector = trainer.newGradientCollector()) {
                collector.backward(trainer.getLoss().evaluate(new NDList(labels), trainer.forward(new NDList(inputs))));
            }
            trainer.step();
            return (System.nanoTime() - start) / 1e9;
        }
    }

    private static double median(List<Double> seconds) {
        Collections.sort(seconds);
        return seconds.get(seconds.size() / 2);
    }

    /**
     * LoRA, with a form or as an expression of which nothing is known.
     *
     * @param whole without the form
     */
    private record Lora(boolean whole) implements Parametrization {
        private static final LazyTensor A = new Factor(io.graft.tensor.Shape.of(RANK, WIDTH));
        private static final LazyTensor B = new Factor(io.graft.tensor.Shape.of(WIDTH, RANK));

        @Override
        public String id() {
            return "lora";
        }

        @Override
        public List<OwnedTensor> owned() {
            return List.of(OwnedTensor.trained("lora_A", A), OwnedTensor.trained("lora_B", B));
        }

        @Override
        public Form form(Expression.Below below) {
            Form form = new Form.LowRank(
                    below, owned().get(1).expression(), owned().get(0).expression(), 2, 0);
            return whole ? new Form.Plain(form.value()) : form;
        }
    }

    private record Factor(io.graft.tensor.Shape shape) implements LazyTensor {
        @Override
        public DType dtype() {
            return DType.F32;
        }

        @Override
        public List<LazyTensor> inputs() {
            return List.of();
        }

        @Override
        public Provenance provenance() {
            return new Provenance.Stored("benchmark", "random");
        }

        @Override
        public TensorData materialize() {
            Random random = new Random(shape.dimension(0));
            ByteBuffer bytes = ByteBuffer.allocate((int) shape.elementCount() * Float.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN);
            while (bytes.hasRemaining()) {
                bytes.putFloat((float) random.nextGaussian() / 100);
            }
            return TensorData.of(bytes.flip());
        }
    }
}
