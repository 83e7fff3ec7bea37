package io.graft.cli.extension;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import com.typesafe.config.ConfigFactory;
import io.graft.Totals;
import io.graft.apply.ModelModifierApplier;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.djl.ModifiedModel;
import io.graft.extension.LoadedExtensions;
import io.graft.tensor.DType;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Methods that only jars from outside of this build know: a block is adapted with one, trained by DJL's trainer, used for inference,
 * and what was trained is merged into a file; then once more on weights that the other jar stores as codes.
 */
public final class ForeignMethods {
    private static final Shape INPUT = new Shape(6, 5);

    private final ModelModifierApplier applier;
    private final Path folder;

    private ForeignMethods(ModelModifierApplier applier, Path folder) {
        this.applier = applier;
        this.folder = folder;
    }

    /**
     * @param jars those of the two extensions
     * @param folder for files
     */
    public static void prove(List<Path> jars, Path folder) throws IOException {
        jars.forEach(jar -> assertTrue(Files.isRegularFile(jar), jar + " is built"));
        try (LoadedExtensions extensions = LoadedExtensions.load(jars)) {
            ForeignMethods methods = new ForeignMethods(
                    ModelModifierApplier.create(extensions), Files.createTempDirectory(folder, "foreign"));
            methods.adapterIsTrainedAndMerged();
            methods.storedOffline();
            methods.adapterStandsOnStorage();
        }
    }

    private void adapterIsTrainedAndMerged() throws IOException {
        try (Model model = model()) {
            Map<String, float[]> base = weights(model.getBlock());
            float[] before = forward(model.getBlock());
            ModifiedModel modified = applier.model(model)
                    .configuration(ConfigFactory.parseString(
                            "graft.modifiers = [{ type = freezing, submodules-to-freeze = [\"0\", \"2\"] },"
                                    + " { type = loha, tensors = [\"0\", \"2\"], rank = 2 }]"))
                    .run();
            assertEquals(12, Totals.of(modified.report().plan().tensors()).tensors());
            assertArrayEquals(before, forward(model.getBlock()), 1e-6f, "an adapter starts as no change");

            float[] losses = train(model);
            assertTrue(losses[losses.length - 1] < losses[0] / 2, losses[0] + " to " + losses[losses.length - 1]);
            base.forEach((name, values) ->
                    assertArrayEquals(values, weights(model.getBlock()).get(name), name + " is frozen, bit for bit"));

            float[] trained = forward(model.getBlock());
            assertTrue(modified.cachedBytes() > 0, "inference keeps the weights");
            assertArrayEquals(trained, forward(model.getBlock()), "and computes with them");
            assertArrayEquals(trained, forward(modified.folded()), 1e-6f);
            modified.activate(Map.of());
            assertArrayEquals(before, forward(model.getBlock()), 1e-6f, "switched off");
            modified.activate(Map.of("default", 1.0));
            assertArrayEquals(trained, forward(model.getBlock()), 1e-6f);

            mergedOffline(base, model, trained);
        }
    }

    /** What was trained, merged into a file of the base, gives the same outputs in a block without any parametrization. */
    private void mergedOffline(Map<String, float[]> base, Model trained, float[] expected) throws IOException {
        Map<String, float[]> names = new LinkedHashMap<>();
        names.put("0.weight", base.get("01Linear_weight"));
        names.put("0.bias", base.get("01Linear_bias"));
        names.put("2.weight", base.get("03Linear_weight"));
        names.put("2.bias", base.get("03Linear_bias"));
        Map<String, Shape> shapes = Map.of(
                "0.weight",
                new Shape(4, 5),
                "0.bias",
                new Shape(4),
                "2.weight",
                new Shape(3, 4),
                "2.bias",
                new Shape(3));
        save("base", names, shapes);
        Map<String, float[]> factors = new LinkedHashMap<>();
        Map<String, Shape> factorShapes = new LinkedHashMap<>();
        for (var parameter : trained.getBlock().getParameters()) {
            String name = parameter.getKey();
            int slot = name.indexOf("hada_");
            if (slot >= 0) {
                String key = "base_model.model."
                        + name.substring(name.lastIndexOf('_', slot - 1) + 1).replace(".default", "");
                factors.put(key, parameter.getValue().getArray().toFloatArray());
                factorShapes.put(key, parameter.getValue().getArray().getShape());
            }
        }
        assertEquals(8, factors.size(), factors.keySet().toString());
        save("adapter", factors, factorShapes);
        Path config = Files.writeString(folder.resolve("merge.conf"), """
                graft {
                  model.checkpoint = "base.safetensors"
                  modifiers = [{ type = loha-merge, adapter-path = "adapter.safetensors", alpha = 8 }]
                  output { path = "merged", overwrite = true }
                }
                """);
        applier.configuration(config).run();
        try (Model plain = model()) {
            applier.model(plain)
                    .configuration(ConfigFactory.parseString("""
                    graft.modifiers = [{ type = transfer-learning, strict = true, checkpoint-path = "%s" }]
                    """.formatted(folder.resolve("merged/model.safetensors"))))
                    .run();
            assertArrayEquals(expected, forward(plain.getBlock()), 1e-5f);
        }
    }

    /** A file has what the storage owns in the place of the weights. */
    private void storedOffline() throws IOException {
        Path config = Files.writeString(folder.resolve("store.conf"), """
                graft {
                  model.checkpoint = "base.safetensors"
                  modifiers = [{ type = rows, tensors = ["0"] }]
                  output { path = "stored" }
                }
                """);
        applier.configuration(config).run();
        Path stored = folder.resolve("stored/model.safetensors");
        assertEquals(
                List.of("0.bias", "0.codes", "0.scale", "2.bias", "2.weight"),
                Checkpoint.open(stored).tensors().keySet().stream().sorted().toList());
        assertEquals(DType.I8, Checkpoint.open(stored).tensors().get("0.codes").dtype());
    }

    private void adapterStandsOnStorage() throws IOException {
        try (Model model = model()) {
            float[] before = forward(model.getBlock());
            applier.model(model)
                    .configuration(
                            ConfigFactory.parseString("graft.modifiers = [{ type = rows, tensors = [\"0\", \"2\"] },"
                                    + " { type = loha, tensors = [\"0\", \"2\"], rank = 2 }]"))
                    .run();
            float[] coarse = forward(model.getBlock());
            assertArrayEquals(before, coarse, 0.05f, "eight bits come near");
            assertNotEquals(List.of(boxed(before)), List.of(boxed(coarse)));
            float[] losses = train(model);
            assertTrue(losses[losses.length - 1] < losses[0] / 2, losses[0] + " to " + losses[losses.length - 1]);
        }
    }

    private static List<Float> boxed(float[] values) {
        List<Float> boxed = new ArrayList<>();
        for (float value : values) {
            boxed.add(value);
        }
        return boxed;
    }

    private void save(String stem, Map<String, float[]> tensors, Map<String, Shape> shapes) throws IOException {
        List<OutputTensor> outputs = new ArrayList<>();
        tensors.forEach((name, values) -> {
            ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values);
            outputs.add(new OutputTensor(
                    name,
                    DType.F32,
                    io.graft.tensor.Shape.of(shapes.get(name).getShape()),
                    () -> TensorData.of(bytes.duplicate())));
        });
        new SafetensorsWriter(folder, stem, SafetensorsWriter.UNLIMITED, Map.of()).write(outputs);
    }

    private static Model model() {
        Model model = Model.newInstance("foreign", "PyTorch");
        Block block = new SequentialBlock()
                .add(Linear.builder().setUnits(4).build())
                .add(Activation::tanh)
                .add(Linear.builder().setUnits(3).build());
        model.setBlock(block);
        block.setInitializer(
                (manager, shape, type) -> manager.arange((float) shape.size())
                        .mul(0.7f)
                        .sin()
                        .mul(0.5f)
                        .reshape(shape),
                Parameter.Type.WEIGHT);
        block.initialize(model.getNDManager(), DataType.FLOAT32, INPUT);
        return model;
    }

    private static Map<String, float[]> weights(Block block) {
        Map<String, float[]> weights = new LinkedHashMap<>();
        for (var parameter : block.getParameters()) {
            if (!parameter.getKey().contains("hada")) {
                weights.put(parameter.getKey(), parameter.getValue().getArray().toFloatArray());
            }
        }
        return weights;
    }

    private static NDArray inputs(NDManager manager) {
        return manager.arange((float) INPUT.size()).cos().reshape(INPUT);
    }

    private static float[] forward(Block block) {
        try (NDManager scope = NDManager.newBaseManager("PyTorch")) {
            return block.forward(new ParameterStore(scope, false), new NDList(inputs(scope)), false)
                    .singletonOrThrow()
                    .toFloatArray();
        }
    }

    private static float[] train(Model model) {
        float[] losses = new float[60];
        try (Trainer trainer = model.newTrainer(new DefaultTrainingConfig(Loss.l2Loss())
                .optOptimizer(Optimizer.adam()
                        .optLearningRateTracker(Tracker.fixed(0.05f))
                        .build()))) {
            trainer.initialize(INPUT);
            for (int i = 0; i < losses.length; i++) {
                try (NDManager scope = trainer.getManager().newSubManager()) {
                    NDArray wanted = scope.full(new Shape(INPUT.get(0), 3), 0.25f, DataType.FLOAT32);
                    NDArray loss;
                    try (GradientCollector collector = trainer.newGradientCollector()) {
                        loss = trainer.getLoss()
                                .evaluate(new NDList(wanted), trainer.forward(new NDList(inputs(scope))));
                        collector.backward(loss);
                    }
                    trainer.step();
                    losses[i] = loss.getFloat();
                }
            }
        }
        return losses;
    }
}
