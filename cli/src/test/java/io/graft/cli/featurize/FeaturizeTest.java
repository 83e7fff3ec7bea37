package io.graft.cli.featurize;

import static io.graft.cli.Golden.assertGolden;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.graft.NamedTensor;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.cli.Outcome;
import io.graft.cli.Place;
import io.graft.cli.output.ExitCode;
import io.graft.models.EncoderProcessorDecoder;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeaturizeTest {
    private static final String TRANSFER = "{ type = transfer-learning, checkpoint-path = pretrained.ckpt }";

    @TempDir
    Path folder;

    private Place place;

    @BeforeEach
    void aBlock() throws IOException {
        place = new Place(folder)
                .with(
                        "epd/pretrained.ckpt",
                        "epd/inputs.safetensors",
                        "epd/outputs-pretrained.safetensors",
                        "epd/scripted.pt",
                        "epd/traced.pt");
        block();
        // As the fixture, with labels beside.
        TensorEntry x =
                Checkpoint.open(folder.resolve("inputs.safetensors")).tensors().get("0");
        write(
                "labelled",
                new OutputTensor("x", x.dtype(), x.shape(), x::data),
                new OutputTensor("labels", DType.I64, Shape.of(6), FeaturizeTest::labels));
    }

    private static TensorData labels() {
        ByteBuffer bytes = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN);
        for (long label = 0; label < 6; label++) {
            bytes.putLong(label % 3);
        }
        return TensorData.of(bytes.flip());
    }

    private void write(String stem, OutputTensor... tensors) throws IOException {
        new SafetensorsWriter(folder, stem, SafetensorsWriter.UNLIMITED, Map.of()).write(List.of(tensors));
    }

    private void block() {
        model("block-factory = \"%s\"".formatted(EncoderProcessorDecoder.class.getName()));
    }

    private void model(String model) {
        place.file("x.conf", """
                graft {
                  model { %s }
                  modifiers = [ %s ]
                }
                """.formatted(model, TRANSFER));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "4", "32"})
    void theDecoderOnFeaturesGivesWhatTheModelGives(String batchSize) throws IOException {
        Map<String, String> before = place.files();
        featurize("norm", "--batch-size", batchSize).is(ExitCode.DONE);
        assertEquals(before.size() + 1, place.files().size());
        assertDecodes();
    }

    @ParameterizedTest
    @ValueSource(strings = {"scripted", "traced"})
    void aProgramGivesTheSame(String program) throws IOException {
        featurize("norm").is(ExitCode.DONE);
        float[] ofBlock = floats(features().get(0).data());
        model("torchscript = \"%s.pt\"".formatted(program));
        featurize("norm", "--batch-size", "4", "--overwrite").is(ExitCode.DONE);
        assertDecodes();
        assertArrayEquals(ofBlock, floats(features().get(0).data()), 1e-6f);
        // Without anything else to edit.
        place.file("x.conf", "graft { model.torchscript = \"%s.pt\", modifiers = [] }".formatted(program));
        featurize("processor.1", "--overwrite").is(ExitCode.DONE);
        assertEquals(Shape.of(6, 16), features().get(0).shape());
    }

    /** The head of the model, computed here: y = x Wᵀ + b. */
    private void assertDecodes() throws IOException {
        Map<String, TensorEntry> weights =
                Checkpoint.open(folder.resolve("pretrained.ckpt")).tensors();
        float[] weight = floats(weights.get("model.model.decoder.data.weight").data());
        float[] bias = floats(weights.get("model.model.decoder.data.bias").data());
        float[] x = floats(features().get(0).data());
        float[] expected = floats(Checkpoint.open(folder.resolve("outputs-pretrained.safetensors"))
                .tensors()
                .get("0")
                .data());
        float[] y = new float[expected.length];
        int width = weight.length / bias.length;
        for (int i = 0; i < y.length; i++) {
            y[i] = bias[i % bias.length];
            for (int k = 0; k < width; k++) {
                y[i] += x[i / bias.length * width + k] * weight[i % bias.length * width + k];
            }
        }
        assertArrayEquals(expected, y, 1e-5f);
    }

    private static float[] floats(TensorData data) throws IOException {
        float[] values = new float[(int) data.byteCount() / 4];
        data.window(0, (int) data.byteCount()).asFloatBuffer().get(values);
        return values;
    }

    private List<NamedTensor> features() {
        return Checkpoint.open(folder.resolve("out.safetensors")).tensors().values().stream()
                .map(NamedTensor::of)
                .toList();
    }

    @Test
    void labelsGoAlong() throws IOException {
        Outcome outcome = place.graft(
                        "featurize",
                        "-c",
                        "DIR/x.conf",
                        "--inputs",
                        "DIR/labelled.safetensors",
                        "--at",
                        "03norm",
                        "--keep",
                        "labels",
                        "-o",
                        "DIR/sub/out.safetensors")
                .is(ExitCode.DONE);
        assertGolden("FeaturizeTest/labels.txt", outcome.out().replaceAll("sha256 \\w+", "sha256 SHA256"));
        Checkpoint written = Checkpoint.open(folder.resolve("sub/out.safetensors"));
        assertEquals(Map.of("format", "pt", "graft.module", "norm"), written.metadata());
        assertArrayEquals(
                new long[] {0, 1, 2, 0, 1, 2},
                longs(written.tensors().get("labels").data()));
    }

    private static long[] longs(TensorData data) throws IOException {
        long[] values = new long[(int) data.byteCount() / 8];
        data.window(0, (int) data.byteCount()).asLongBuffer().get(values);
        return values;
    }

    @Test
    void aProgramIsToldAsJson() throws IOException {
        featurize("encoder").is(ExitCode.DONE);
        Outcome outcome = featurize("processor", "--overwrite", "--json").is(ExitCode.DONE);
        assertGolden(
                "FeaturizeTest/features.json", outcome.out().replaceAll("\"sha256\":\"\\w+", "\"sha256\":\"SHA256"));
    }

    @Test
    void whatIsThereStays() throws IOException {
        place.file("out.safetensors", "mine");
        featurize("encoder")
                .is(
                        ExitCode.USAGE,
                        "graft: the output `DIR/out.safetensors` exists; choose another path, or replace the file"
                                + " with `overwrite`\n");
        assertEquals("mine", Files.readString(folder.resolve("out.safetensors")));
    }

    @Test
    void theInputsAreNotOverwritten() {
        place.graft(
                        "featurize",
                        "-c",
                        "DIR/x.conf",
                        "--inputs",
                        "DIR/inputs.safetensors",
                        "--at",
                        "norm",
                        "--overwrite",
                        "-o",
                        "DIR/inputs.safetensors")
                .is(
                        ExitCode.USAGE,
                        "graft: the output would replace `DIR/inputs.safetensors`, which this run reads; choose another path\n");
    }

    @Test
    void anUnknownModuleIsAnErrorWithWhatMayBeMeant() {
        misfit("encodr", "`encodr` is no module of the model; did you mean `encoder`?");
        misfit("data", "`data` is no module of the model; did you mean `encoder.data` or `decoder.data`?");
        misfit("everything", "`everything` is no module of the model");
        misfit("norm.weight", "`norm.weight` is a tensor of the model, and no module; name the module that it is in");
        assertFalse(Files.exists(folder.resolve("out.safetensors")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"scripted", "traced"})
    void aModuleThatAProgramCallsPieceByPieceIsRefused(String program) {
        model("torchscript = \"%s.pt\"".formatted(program));
        misfit(
                "decoder",
                "what `decoder` gives cannot be looked at: `decoder` has no `forward`: what is in it is called piece by"
                        + " piece; name another module, such as one in it, or make the model by a block factory");
    }

    @Test
    void aModuleThatDoesNotRunIsAnError() {
        model("block-factory = \"%s\", arguments { datasets = [data, lam] }"
                .formatted(EncoderProcessorDecoder.class.getName()));
        misfit("decoder.lam", "`decoder.lam` does not run in a forward of the model; name a module that runs once");
    }

    private void misfit(String module, String message) {
        featurize(module).is(ExitCode.MISFIT, "graft: " + message + "\n");
    }

    @Test
    void aCheckpointHasNoForward() throws IOException {
        place.with("epd/model.safetensors").config("model.safetensors", TRANSFER);
        Outcome outcome = featurize("encoder");
        assertEquals(ExitCode.USAGE, outcome.code());
        assertGolden("VerifyTest/checkpoint.txt", outcome.err());
    }

    @Test
    void inputsOfAnotherShapeAreAnError() throws IOException {
        write("inputs2", new OutputTensor("0", DType.F32, Shape.of(2, 3), () -> zeros(24)));
        inputs(
                "inputs2",
                "the block fails on the inputs: EngineException: mat1 and mat2 shapes cannot be multiplied (2x3 and 8x16);"
                        + " check their shapes and dtypes against the block's `input-shapes`");
        write("inputs3", new OutputTensor("0", DType.F32, Shape.of(), () -> zeros(4)));
        inputs("inputs3", "`0` is one number, without rows; give a tensor whose first axis is the batch");
        write("inputs4", new OutputTensor("0", DType.F32, Shape.of(0, 8), () -> zeros(0)));
        inputs("inputs4", "the inputs have no rows; give one row or more");
        write(
                "inputs5",
                new OutputTensor("0", DType.F32, Shape.of(2, 8), () -> zeros(64)),
                new OutputTensor("1", DType.F32, Shape.of(3), () -> zeros(12)));
        inputs("inputs5", "`1` has 3 rows and `0` has 2; give as many of each");
        write(
                "inputs6",
                new OutputTensor("0", DType.F32, Shape.of(2, 8), () -> zeros(64)),
                new OutputTensor("1", DType.F32, Shape.of(2), () -> zeros(8)));
        inputs(
                "inputs6",
                "the inputs are named [0, 1], the block takes [x]; name them 0, 1, ... in this order, or as the block does");
    }

    private static TensorData zeros(int bytes) {
        return TensorData.of(ByteBuffer.allocate(bytes));
    }

    private void inputs(String stem, String message) {
        place.graft(
                        "featurize",
                        "-c",
                        "DIR/x.conf",
                        "--inputs",
                        "DIR/" + stem + ".safetensors",
                        "--at",
                        "norm",
                        "-o",
                        "DIR/out.safetensors")
                .is(ExitCode.USAGE, "graft: " + message + "\n");
        assertFalse(Files.exists(folder.resolve("out.safetensors")));
    }

    @Test
    void whatIsKeptMustBeThere() {
        place.graft(
                        "featurize",
                        "-c",
                        "DIR/x.conf",
                        "--inputs",
                        "DIR/labelled.safetensors",
                        "--at",
                        "norm",
                        "--keep",
                        "label",
                        "-o",
                        "DIR/out.safetensors")
                .is(
                        ExitCode.MISFIT,
                        "graft: --keep: `label` is none of the tensors of DIR/labelled.safetensors; did you mean"
                                + " `labels`?\n");
        featurize("norm", "--keep", "0")
                .is(ExitCode.USAGE, "graft: there are no inputs; give the tensors that the model takes\n");
        featurize("norm", "--batch-size", "0")
                .is(ExitCode.USAGE, "graft: --batch-size: 0 is not 1 or more; give 32 or so\n");
    }

    private Outcome featurize(String module, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "featurize",
                "-c",
                "DIR/x.conf",
                "--inputs",
                "DIR/inputs.safetensors",
                "--at",
                module,
                "-o",
                "DIR/out.safetensors"));
        arguments.addAll(List.of(more));
        return place.graft(arguments.toArray(String[]::new));
    }
}
