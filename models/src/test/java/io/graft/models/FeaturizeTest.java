package io.graft.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.TranslateException;
import io.graft.NamedTensor;
import io.graft.apply.features.FeatureReport;
import io.graft.apply.features.FeatureRequest;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.djl.features.FeatureDataset;
import io.graft.djl.forward.BlockModelException;
import io.graft.models.parts.Layers;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a frozen encoder gives, once, and a head that is trained on it. */
class FeaturizeTest {
    private static final String BERT = "config = \"" + Fixtures.folder("bert").resolve("config.json") + "\"";

    @TempDir
    Path work;

    private FeatureReport featurize(String module, int batchSize, NamedTensor... kept) throws IOException {
        FeatureRequest request = new FeatureRequest(
                module,
                Fixtures.tensors("bert", "inputs.safetensors"),
                List.of(kept),
                batchSize,
                work.resolve("features.safetensors"),
                true);
        return Fixtures.run(work, Bert.class, BERT, Fixtures.transfer("bert")).featurize(request);
    }

    private float[] features() throws IOException {
        return floats(Checkpoint.open(work.resolve("features.safetensors"))
                .tensors()
                .get("0")
                .data());
    }

    private static float[] floats(TensorData data) throws IOException {
        float[] values = new float[(int) data.byteCount() / 4];
        data.window(0, (int) data.byteCount()).asFloatBuffer().get(values);
        return values;
    }

    @Test
    void theLastLayerOfAnEncoderGivesItsHiddenStates() throws IOException {
        FeatureReport report = featurize("encoder.layer.1", 1);
        assertEquals(
                List.of("0", "1"),
                report.tensors().stream().map(FeatureReport.Tensor::name).toList());
        float[] expected = floats(Fixtures.tensors("bert", "outputs.safetensors").stream()
                .filter(tensor -> tensor.name().equals("0") || tensor.name().equals("last_hidden_state"))
                .findFirst()
                .orElseThrow()
                .data());
        assertArrayEquals(expected, features(), 1e-5f);
    }

    @Test
    void theEmbeddingOfTheWholeTextIsTheOutputOfAModule() throws IOException {
        FeatureRequest request = new FeatureRequest(
                "pooling",
                Fixtures.tensors("bert", "inputs.safetensors"),
                List.of(),
                1,
                work.resolve("features.safetensors"),
                true);
        Fixtures.run(work, Bert.class, BERT + ", pooling = mean", Fixtures.transfer("bert"))
                .featurize(request);
        float[] expected =
                floats(Fixtures.tensors("sentences", "mean.safetensors").get(0).data());
        assertArrayEquals(expected, features(), 1e-5f);
    }

    @Test
    void whatGoesIntoTheHeadOfAResidualNetworkIsTheOutputOfAModule() throws IOException {
        List<NamedTensor> images = Fixtures.tensors("resnet18", "inputs.safetensors");
        FeatureRequest request =
                new FeatureRequest("avgpool", images, List.of(), 2, work.resolve("features.safetensors"), true);
        FeatureReport report = Fixtures.run(
                        work, ResNet.class, "layers = 18, width = 4, num-classes = 5", Fixtures.transfer("resnet18"))
                .featurize(request);
        assertEquals(
                Shape.of(images.get(0).shape().dimension(0), 32),
                report.tensors().get(0).shape());
    }

    @Test
    void batchesOfAnySizeGiveTheSame() throws IOException {
        featurize("encoder.layer.0.output", 1);
        float[] one = features();
        featurize("encoder.layer.0.output", 7);
        assertArrayEquals(one, features(), 1e-6f);
    }

    @Test
    void aModuleInAFieldOfItsOwnTypeIsRefused() {
        BlockModelException refused =
                assertThrows(BlockModelException.class, () -> featurize("embeddings.position_embeddings", 4));
        assertEquals(
                "what `embeddings.position_embeddings` gives cannot be looked at: `BertEmbeddings.positionEmbeddings` is"
                        + " declared as LookupTable and cannot hold a ModuleOutput; name the module that holds it, or the"
                        + " last one in it",
                refused.getMessage());
        assertTrue(Files.notExists(work.resolve("features.safetensors")));
    }

    @Test
    void aHeadIsTrainedOnFeatures() throws IOException, TranslateException {
        int rows = (int)
                Fixtures.tensors("bert", "inputs.safetensors").get(0).shape().dimension(0);
        NamedTensor labels = new NamedTensor("labels", DType.I64, Shape.of(rows), labels(rows));
        featurize("encoder.layer.1", 2, labels);
        FeatureDataset features = FeatureDataset.builder()
                .setFile(work.resolve("features.safetensors"))
                .optData("0")
                .optLabels("labels")
                .setSampling(2, true)
                .build();
        try (Model head = Model.newInstance("head", "PyTorch")) {
            Block linear = Layers.linear(2);
            head.setBlock(new ai.djl.nn.SequentialBlock()
                    .add(hidden -> new ai.djl.ndarray.NDList(hidden.head().get(":, 0")))
                    .add(linear));
            DefaultTrainingConfig config = new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                    .optOptimizer(Optimizer.adam()
                            .optLearningRateTracker(Tracker.fixed(0.1f))
                            .build());
            try (Trainer trainer = head.newTrainer(config)) {
                trainer.initialize(new ai.djl.ndarray.types.Shape(2, 9, 24));
                List<Float> losses = new ArrayList<>();
                for (int epoch = 0; epoch < 30; epoch++) {
                    for (Batch batch : trainer.iterateDataset(features)) {
                        EasyTrain.trainBatch(trainer, batch);
                        trainer.step();
                        batch.close();
                    }
                    losses.add(loss(trainer, features));
                }
                assertTrue(losses.get(29) < losses.get(0) / 2, losses::toString);
            }
        }
    }

    private static float loss(Trainer trainer, FeatureDataset features) throws IOException, TranslateException {
        float sum = 0;
        for (Batch batch : trainer.iterateDataset(features)) {
            try (batch) {
                sum += trainer.getLoss()
                        .evaluate(batch.getLabels(), trainer.evaluate(batch.getData()))
                        .getFloat();
            }
        }
        return sum;
    }

    private static TensorData labels(int rows) {
        ByteBuffer bytes = ByteBuffer.allocate(rows * 8).order(ByteOrder.LITTLE_ENDIAN);
        for (long row = 0; row < rows; row++) {
            bytes.putLong(row % 2);
        }
        return TensorData.of(bytes.flip());
    }

    /** A file with rows of their own numbers. */
    private FeatureDataset.Builder numbered() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(10 * 3 * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int row = 0; row < 10; row++) {
            bytes.putFloat(row).putFloat(row + 0.5f).putFloat(-row);
        }
        Files.deleteIfExists(work.resolve("numbered.safetensors"));
        new SafetensorsWriter(work, "numbered", SafetensorsWriter.UNLIMITED, Map.of())
                .write(List.of(
                        new OutputTensor("0", DType.F32, Shape.of(10, 3), () -> TensorData.of(bytes.flip())),
                        new OutputTensor("label", DType.I64, Shape.of(10), () -> labels(10)),
                        new OutputTensor("short", DType.I64, Shape.of(4), () -> labels(4)),
                        new OutputTensor("wide", DType.I16, Shape.of(10), () -> TensorData.of(ByteBuffer.allocate(20))),
                        new OutputTensor("one", DType.F32, Shape.of(), () -> TensorData.of(ByteBuffer.allocate(4)))));
        return FeatureDataset.builder()
                .setFile(work.resolve("numbered.safetensors"))
                .optLabels("label");
    }

    @Test
    void rowsComeInOrderOrShuffledWithTheirLabels() throws IOException, TranslateException {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            for (boolean shuffled : List.of(false, true)) {
                List<Float> seen = new ArrayList<>();
                for (Batch batch : numbered().setSampling(4, shuffled).build().getData(manager)) {
                    NDArray rows = batch.getData().singletonOrThrow();
                    assertEquals("0", rows.getName());
                    long[] labels = batch.getLabels().singletonOrThrow().toLongArray();
                    for (int i = 0; i < rows.size(0); i++) {
                        float row = rows.getFloat(i, 0);
                        assertEquals(row + 0.5f, rows.getFloat(i, 1));
                        assertEquals((long) row % 2, labels[i]);
                        seen.add(row);
                    }
                    batch.close();
                }
                assertEquals(shuffled, !seen.equals(seen.stream().sorted().toList()));
                assertEquals(10, seen.stream().distinct().count());
            }
        }
    }

    @Test
    void whatIsWrittenOverARowIsInNoOtherBatch() throws IOException, TranslateException {
        byte[] before;
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            FeatureDataset features = numbered().setSampling(5, false).build();
            before = Files.readAllBytes(work.resolve("numbered.safetensors"));
            for (int epoch = 0; epoch < 2; epoch++) {
                float sum = 0;
                for (Batch batch : features.getData(manager)) {
                    NDArray rows = batch.getData().singletonOrThrow();
                    sum += rows.get(":, 0").sum().getFloat();
                    rows.muli(0);
                    batch.close();
                }
                assertEquals(45, sum);
            }
        }
        assertArrayEquals(before, Files.readAllBytes(work.resolve("numbered.safetensors")));
    }

    /** DJL's own reads other rows where those of a part happen to be sampled in order. */
    @Test
    void theRowsOfASplitAreInOnePart() throws IOException, TranslateException {
        RandomAccessDataset[] parts = numbered().setSampling(3, false).build().randomSplit(7, 3);
        List<Float> all = new ArrayList<>();
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            for (RandomAccessDataset part : parts) {
                for (Batch batch : part.getData(manager)) {
                    float[] rows =
                            batch.getData().singletonOrThrow().get(":, 0").toFloatArray();
                    for (float row : rows) {
                        all.add(row);
                    }
                    batch.close();
                }
            }
        }
        assertEquals(
                Stream.iterate(0f, row -> row + 1).limit(10).toList(),
                all.stream().sorted().toList());
        assertEquals(7, parts[0].size());
    }

    @Test
    void aReadOnlyFileServesToo() throws IOException, TranslateException {
        FeatureDataset.Builder builder = numbered().setSampling(10, false);
        assertTrue(work.resolve("numbered.safetensors").toFile().setReadOnly());
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            for (Batch batch : builder.build().getData(manager)) {
                assertEquals(
                        45, batch.getData().singletonOrThrow().get(":, 0").sum().getFloat());
                batch.close();
            }
        }
    }

    @Test
    void whatIsNoDatasetIsRefusedByName() throws IOException {
        FeatureDataset.Builder builder = numbered().setSampling(2, false);
        Path file = work.resolve("numbered.safetensors");
        refused(builder.optData("1"), "`" + file + "` has no tensor `1`; it has [label, short, 0, one, wide]");
        refused(builder.optData("0", "short"), "`short` has 4 rows and `0` has 10");
        refused(builder.optData("wide"), "`wide` is of type I16, which the engine cannot hold");
        refused(builder.optData("one"), "`one` has the shape [], and so no rows");
        assertEquals(
                "no file is set",
                assertThrows(
                                IllegalStateException.class,
                                () -> FeatureDataset.builder().build())
                        .getMessage());
    }

    private static void refused(FeatureDataset.Builder builder, String message) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, builder::build).getMessage());
    }

    @Test
    void aRequestHasABatch() {
        assertEquals(
                "a batch has 1 row or more, not 0",
                assertThrows(IllegalArgumentException.class, () -> featurize("encoder", 0))
                        .getMessage());
    }
}
