package io.graft.training;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import io.graft.ModelModifier;
import io.graft.apply.ModelModifierApplier;
import io.graft.djl.ModifiedModel;
import io.graft.model.DraftTensor;
import io.graft.model.tree.Selector;
import io.graft.modifiers.freezing.FreezingModelModifier;
import io.graft.modifiers.freezing.FreezingOptions;
import io.graft.modifiers.transfer.TransferLearningModelModifier;
import io.graft.modifiers.transfer.TransferLearningOptions_Binder;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Models to be trained, and one step of them. */
final class Trained {
    private Trained() {}

    static Path program(String name) {
        try {
            return Path.of(
                    Trained.class.getResource("/programs/" + name + ".pt").toURI());
        } catch (URISyntaxException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** A native block, in a model that the caller closes. */
    static Model block(Block block, Shape... inputs) {
        Model model = Model.newInstance("block", "PyTorch");
        Engine.getEngine("PyTorch").setRandomSeed(5);
        block.initialize(model.getNDManager(), DataType.FLOAT32, inputs);
        model.setBlock(block);
        return model;
    }

    static Model net() {
        return block(new Net(), new Shape(8, 4));
    }

    /** A program that is loaded to be trained, in a model that the caller closes. */
    static Model script(String name) {
        Path file = program(name);
        Model model = Model.newInstance(name, "PyTorch");
        try {
            model.load(file.getParent(), file.getFileName().toString(), Map.of("trainParam", "true"));
        } catch (Exception unreadable) {
            throw new AssertionError(unreadable);
        }
        return model;
    }

    static ModifiedModel modified(Model model, ModelModifier... modifiers) {
        return ModelModifierApplier.create()
                .model(model)
                .configuration(List.of(modifiers))
                .scheduled()
                .run();
    }

    static ModelModifier freezing(String... paths) {
        return new FreezingModelModifier(
                new FreezingOptions(Stream.of(paths).map(Selector::parse).toList(), true, List.of()));
    }

    /** Fills every tensor from a file. */
    static ModelModifier loading(Path file) {
        return new TransferLearningModelModifier(new TransferLearningOptions_Binder()
                .from(Map.of("checkpoint-path", file.toString(), "strict", true, "prefix", "none")));
    }

    static ModelTrainer trainer(ModifiedModel model, TrainingOptions options) {
        return ModelTrainer.of(model, new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss()), options);
    }

    /** One step on data that follow from a number; gives the loss. */
    static float step(Trainer trainer, int number) {
        float loss = backward(trainer, number);
        trainer.step();
        return loss;
    }

    static float backward(Trainer trainer, int number) {
        try (NDManager scope = trainer.getManager().newSubManager();
                GradientCollector collector = trainer.newGradientCollector()) {
            long width = trainer.getModel().getName().equals("tied") ? 3 : 4;
            NDArray data = scope.arange(8f * width)
                    .reshape(8, width)
                    .mul(0.37)
                    .add(number)
                    .sin();
            NDArray labels = scope.arange(8f).add(number).mod(2);
            NDList outputs = trainer.forward(new NDList(data));
            NDArray loss = trainer.getLoss().evaluate(new NDList(labels), outputs);
            collector.backward(loss);
            float value = loss.getFloat();
            outputs.close();
            return value;
        }
    }

    /** The bytes of every tensor, buffers too; of a quantized weight those of its codes. */
    static Map<String, ByteBuffer> bytes(ModifiedModel model) {
        try {
            return model.read(draft -> {
                Map<String, ByteBuffer> bytes = new TreeMap<>();
                for (DraftTensor tensor : draft.tensors()) {
                    if (tensor.storage().isPresent() && !tensor.isStored()) {
                        continue;
                    }
                    TensorData data = (tensor.storage().isPresent() ? tensor.written() : tensor.base()).materialize();
                    ByteBuffer copy = ByteBuffer.allocate((int) data.byteCount());
                    data.read(0, copy);
                    bytes.put(tensor.name(), copy.flip());
                }
                return bytes;
            });
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The names of those of some tensors that are other ones now. */
    static List<String> changed(Map<String, ByteBuffer> before, Map<String, ByteBuffer> after) {
        return before.keySet().stream()
                .filter(name -> !before.get(name).equals(after.get(name)))
                .toList();
    }
}
