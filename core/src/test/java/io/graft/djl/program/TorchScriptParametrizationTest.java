package io.graft.djl.program;

import static io.graft.djl.program.ProgramRuns.input;
import static io.graft.djl.program.ProgramRuns.load;
import static io.graft.djl.program.ProgramRuns.run;
import static io.graft.tensor.expression.Expressions.add;
import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.concat;
import static io.graft.tensor.expression.Expressions.constant;
import static io.graft.tensor.expression.Expressions.divide;
import static io.graft.tensor.expression.Expressions.exp;
import static io.graft.tensor.expression.Expressions.inverse;
import static io.graft.tensor.expression.Expressions.lookup;
import static io.graft.tensor.expression.Expressions.matMul;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.norm;
import static io.graft.tensor.expression.Expressions.permute;
import static io.graft.tensor.expression.Expressions.repeat;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.slice;
import static io.graft.tensor.expression.Expressions.sqrt;
import static io.graft.tensor.expression.Expressions.stored;
import static io.graft.tensor.expression.Expressions.subtract;
import static io.graft.tensor.expression.Expressions.transpose;
import static io.graft.tensor.expression.Expressions.unpack;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.graft.Plan;
import io.graft.checkpoint.Checkpoint;
import io.graft.djl.Methods;
import io.graft.djl.run.PyTorchEngine;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.training.TensorKind;
import io.graft.problem.Problem;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.TensorData;
import io.graft.tensor.expression.Expression;
import io.graft.torchscript.Archives;
import io.graft.torchscript.ScriptArchive;
import io.graft.torchscript.ScriptChanges;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Programs that compute their weights: the engine gives what the folded weights give, and trains what they are computed from. */
class TorchScriptParametrizationTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void startOffline() {
        PyTorchEngine.start();
    }

    @ParameterizedTest
    @CsvSource({
        "epd/scripted, '6, 8', 'processor.0.query.weight processor.2.query.weight decoder.data.weight'",
        "epd/traced, '6, 8', 'processor.0.query.weight processor.2.query.weight decoder.data.weight'",
        "m43/scripted, '5, 4', 'encoder.weight decoder.weight'",
        "torchscript/models/pair, '5, 4', 'second.weight'",
        "torchscript/models/reader, '5, 4', 'fc.weight'",
        "torchscript/models/gpt-scripted, '2, 3, 4', 'c_attn.weight c_proj.weight'",
        "torchscript/models/gpt-traced, '2, 3, 4', 'c_attn.weight c_proj.weight'",
        "torchscript/models/convolutions-scripted, '1, 2, 4, 4', 'plain.weight grouped.weight line.weight'",
        "torchscript/models/convolutions-traced, '1, 2, 4, 4', 'plain.weight grouped.weight line.weight'",
        "torchscript/models/lstm-traced, '2, 1, 4', 'lstm.weight_ih_l0 lstm.weight_hh_l0'",
        "torchscript/models/words-scripted, '1, 4', 'words.weight into out'",
        "torchscript/models/words-traced, '1, 4', 'words.weight into out'",
        "torchscript/models/tied-scripted, '1, 3', 'emb.weight'",
        "torchscript/models/tied-traced, '1, 2', 'emb.weight'",
        "torchscript/models/keeping, '5, 4', 'fc.weight'"
    })
    void aLayerComputesItsWeight(String fixture, String input, String weights) throws Exception {
        ScriptArchive archive = Archives.open(fixture);
        Consumer<ModelDraft> adapt = draft -> {
            for (String weight : weights.split(" ")) {
                draft.parametrize(
                        weight, "default", lora(draft.find(weight).orElseThrow().shape()));
            }
        };
        long[] shape =
                Arrays.stream(input.split(", ")).mapToLong(Long::parseLong).toArray();
        boolean integers = fixture.contains("tied") || fixture.contains("words");
        ProgramRuns.Values adapted = run(write(archive, "adapted", adapt), shape, integers);
        ProgramRuns.Values folded =
                run(write(archive, "folded", adapt.andThen(draft -> draft.foldAdapter("default"))), shape, integers);
        ProgramRuns.Values before = run(write(archive, "plain", draft -> {}), shape, integers);
        assertEquals(0, adapted.distance(folded), 2e-6);
        assertTrue(adapted.distance(before) > 1e-3, "the adapter counts");
    }

    private static Parametrization lora(io.graft.tensor.Shape weight) {
        long out = weight.dimension(0);
        long in = weight.elementCount() / out;
        return Methods.lora(out, 2, in, 2, 0);
    }

    static Stream<Arguments> operations() {
        LazyTensor table = Methods.random(io.graft.tensor.Shape.of(5, 6), 7);
        LazyTensor rows = integers(DType.U8, io.graft.tensor.Shape.of(4), 3, 0, 4, 1);
        LazyTensor bytes =
                integers(DType.U8, io.graft.tensor.Shape.of(4, 3), 0x10, 0xf2, 0x34, 255, 0, 1, 2, 3, 4, 5, 6, 7);
        LazyTensor words =
                integers(DType.I8, io.graft.tensor.Shape.of(4, 3), -1, 17, 5, -128, 127, 3, 0, 1, 2, -3, -4, 99);
        LazyTensor ones = identity(io.graft.tensor.Shape.of(4, 4));
        return Stream.of(
                operation("add", below -> add(below, constant(0.5))),
                operation("number first", below -> subtract(constant(3), below)),
                operation("number divided", below -> divide(constant(1), add(multiply(below, below), constant(1)))),
                operation("subtract", below -> subtract(multiply(below, constant(2)), below)),
                operation("functions", below -> sqrt(exp(below))),
                operation("norm", below -> divide(below, norm(below, 1))),
                operation("norm of all", below -> multiply(below, norm(below, 0, 1))),
                operation("transpose", below -> reshape(transpose(below), below.shape())),
                operation("permute", below -> permute(permute(below, 1, 0), 1, 0)),
                operation("slice and concat", below -> concat(1, slice(below, 1, 3, 3), slice(below, 1, 0, 3))),
                operation("repeat", below -> repeat(slice(below, 1, 0, 2), 1, 4, 6)),
                operation("product", below -> matMul(matMul(below, transpose(below)), below)),
                operation("cast", below -> cast(cast(multiply(below, constant(3)), DType.F16), DType.F32)),
                operation("wide", below -> cast(exp(cast(below, DType.F64)), DType.F32)),
                operation("lookup", below -> add(below, lookup(stored(table), stored(rows)))),
                operation("fields of four bits", below -> add(below, unpack(stored(bytes), 4, false, below.shape()))),
                operation("high first", below -> add(below, unpack(stored(bytes), 4, true, below.shape()))),
                operation("fields across words", below -> add(below, unpack(stored(words), 3, false, below.shape()))),
                operation(
                        "fields across words, high first",
                        below -> add(below, unpack(stored(words), 3, true, below.shape()))),
                operation(
                        "inverse",
                        below -> matMul(
                                inverse(add(matMul(below, transpose(below)), multiply(stored(ones), constant(4)))),
                                below)));
    }

    private static Arguments operation(String name, UnaryOperator<Expression> value) {
        return Arguments.of(name, value);
    }

    private static LazyTensor identity(io.graft.tensor.Shape square) {
        return Methods.tensor(square, index -> index % (square.dimension(0) + 1) == 0 ? 1f : 0f);
    }

    private static LazyTensor integers(DType dtype, io.graft.tensor.Shape shape, int... values) {
        return LazyTensors.generate("test", dtype, shape, index -> values[(int) index]);
    }

    /** Each operation as code, beside what Java computes of it. */
    @ParameterizedTest
    @MethodSource("operations")
    void everyOperationIsTheSameInCode(String name, UnaryOperator<Expression> value) throws Exception {
        Parametrization plain = new Computed(value);
        ScriptArchive archive = Archives.open("torchscript/models/weight");
        Path file = write(archive, "weight", draft -> draft.parametrize("weight", "default", plain));
        ModelDraft draft = archive.draft();
        draft.parametrize("weight", "default", plain);
        float[] expected = LazyTensors.floats(draft.find("weight").orElseThrow().value());
        assertEquals(0, new ProgramRuns.Values(expected).distance(run(file, new long[] {4, 6}, true, 0)), 1e-5);
    }

    private record Computed(UnaryOperator<Expression> value) implements Parametrization {
        @Override
        public String id() {
            return "computed";
        }

        @Override
        public List<OwnedTensor> owned() {
            return List.of();
        }

        @Override
        public Form form(Expression.Below below) {
            return new Form.Plain(value.apply(below));
        }
    }

    @ParameterizedTest
    @CsvSource({"epd/scripted", "epd/traced"})
    void whatIsOwnedTrainsAndTheBaseKeepsItsBits(String fixture) throws Exception {
        ScriptArchive archive = Archives.open(fixture);
        Path file = write(archive, "train", draft -> {
            draft.tensors().stream()
                    .filter(tensor -> tensor.kind() == TensorKind.PARAMETER)
                    .map(tensor -> tensor.name())
                    .toList()
                    .forEach(draft::freeze);
            for (String weight : List.of("processor.0.query.weight", "processor.1.query.weight")) {
                draft.parametrize(weight, "default", Methods.lora(16, 4, 16, 1, 0));
            }
            draft.parametrize(
                    "decoder.data.weight",
                    "other",
                    new Methods.Dora(
                            Methods.random(io.graft.tensor.Shape.of(2, 16), 5),
                            Methods.random(io.graft.tensor.Shape.of(4, 2), 6),
                            Methods.tensor(io.graft.tensor.Shape.of(4, 1), index -> 1f),
                            1));
        });
        try (Model model = load(file)) {
            Trainer trainer = model.newTrainer(new DefaultTrainingConfig(Loss.l2Loss())
                    .optOptimizer(Optimizer.adam()
                            .optLearningRateTracker(Tracker.fixed(0.02f))
                            .build()));
            Map<String, Parameter> owned = new HashMap<>();
            Map<String, float[]> base = new HashMap<>();
            model.getBlock().getParameters().forEach(pair -> {
                boolean isOwned = pair.getKey().contains("lora_");
                pair.getValue().freeze(!isOwned);
                if (isOwned) {
                    owned.put(pair.getKey(), pair.getValue());
                } else {
                    base.put(pair.getKey(), pair.getValue().getArray().toFloatArray());
                }
            });
            assertEquals(7, owned.size());
            assertTrue(owned.containsKey("processor.0.query.lora_A.default"), owned.keySet()::toString);
            trainer.initialize(new Shape(6, 8));
            NDManager manager = model.getNDManager();
            NDArray input = input(manager, new long[] {6, 8}, false, 1);
            float first = step(trainer, input);
            float last = first;
            for (int i = 0; i < 30; i++) {
                last = step(trainer, input);
            }
            assertTrue(last < first * 0.8, first + " to " + last);
            base.forEach((name, before) -> assertEquals(
                    0,
                    Arrays.compare(
                            before,
                            model.getBlock()
                                    .getParameters()
                                    .get(name)
                                    .getArray()
                                    .toFloatArray()),
                    name));
            // After training steps the engine runs the same program in inference.
            model.getBlock().forward(new ParameterStore(manager, false), new NDList(input), false);
            trainer.close();
        }
    }

    private static float step(Trainer trainer, NDArray input) {
        try (GradientCollector gradients = trainer.newGradientCollector()) {
            NDArray output = trainer.forward(new NDList(input)).singletonOrThrow();
            NDArray loss = output.sub(1).square().mean();
            gradients.backward(loss);
            trainer.step();
            return loss.getFloat();
        }
    }

    /** What a parametrization owns is in the archive in the order in which it tells it, from run to run. */
    @Test
    void theSameEditsGiveTheSameBytes() throws Exception {
        ScriptArchive archive = Archives.open("epd/traced");
        Consumer<ModelDraft> adapt =
                draft -> draft.parametrize("processor.0.query.weight", "default", Methods.lora(16, 4, 16, 1, 0));
        Path one = write(archive, "one", adapt);
        assertEquals(-1, Files.mismatch(one, write(archive, "other", adapt)));
        assertEquals(
                List.of("processor.0.query.lora_A.default", "processor.0.query.lora_B.default"),
                names(one).stream().filter(name -> name.contains("lora")).toList());
    }

    /** Classes that two edited layers have in common are cloned once, and those of others stay theirs. */
    @Test
    void aClassIsClonedOnceForEachWayInWhichItIsEdited() throws Exception {
        Path file = write(
                Archives.open("epd/scripted"),
                "clones",
                draft -> List.of("0", "2")
                        .forEach(block -> draft.parametrize(
                                "processor." + block + ".query.weight", "default", Methods.lora(16, 4, 16, 1, 0))));
        try (ZipFile zip = new ZipFile(file.toFile())) {
            assertEquals(
                    List.of("m0.py", "m1.py", "m2.py", "m3.py"),
                    zip.stream()
                            .map(entry -> entry.getName())
                            .filter(name -> name.contains("/graft/"))
                            .map(name -> name.substring(name.lastIndexOf('/') + 1))
                            .toList());
            String linear = new String(
                    zip.getInputStream(zip.getEntry("scripted/code/__torch__/graft/m0.py"))
                            .readAllBytes(),
                    UTF_8);
            assertEquals("""
                    class Linear(Module):
                      __parameters__ = ["weight", "bias", "lora_A.default", "lora_B.default", ]
                      __buffers__ = []
                      weight : Tensor
                      bias : Tensor
                      training : bool
                      _is_full_backward_hook : NoneType
                      in_features : Final[int] = 16
                      out_features : Final[int] = 16
                      __annotations__["lora_A.default"] = Tensor
                      __annotations__["lora_B.default"] = Tensor
                      __annotations__["adapter_weight.default"] = Tensor
                      def forward(self: __torch__.torch.nn.modules.linear.___torch_mangle_2.Linear,
                        input: Tensor) -> Tensor:
                        weight = self.weight
                        bias = self.bias
                        return (self).graft_weight_beside(torch.linear(input, weight, bias), input, )
                      def graft_weight_beside(self: __torch__.graft.m0.Linear, output: Tensor, input: Tensor) -> Tensor:
                        graft_0 = torch.clone(getattr(self, "lora_A.default"))
                        graft_1 = torch.detach(torch.clone(getattr(self, "adapter_weight.default")))
                        graft_2 = torch.mul(graft_0, graft_1)
                        graft_3 = torch.clone(getattr(self, "lora_B.default"))
                        graft_4 = torch.linear(input, graft_2)
                        graft_5 = torch.linear(graft_4, graft_3)
                        graft_6 = torch.add(output, graft_5)
                        return graft_6
                    """, linear);
            String notes = new String(
                    zip.getInputStream(zip.getEntry("scripted/extra/graft.json"))
                            .readAllBytes(),
                    UTF_8);
            assertTrue(
                    notes.startsWith(
                            "{\"version\":1,\"switches\":{\"default\":\"adapter_weight.default\"},\"remarks\":[],\"parametrizations\":[{\"tensor\":"
                                    + "\"processor.0.query.weight\",\"adapter\":\"default\",\"id\":\"lora\",\"description\":\"lora\","
                                    + "\"slots\":[{\"slot\":\"lora_A\",\"tensor\":\"processor.0.query.lora_A.default\",\"sharing\":\"tensor\"}"),
                    notes);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "assigning | fc.weight | `forward` of `Assigning` assigns `fc0.weight`",
                "hooked | fc.weight | `Linear` has hooks",
                "lstm-scripted | lstm.weight_ih_l0 | no method reads `lstm.weight_ih_l0`"
            })
    void codeThatCannotBeEditedIsNamed(String fixture, String weight, String reason) throws Exception {
        ScriptArchive archive = Archives.open("torchscript/models/" + fixture);
        Plan plan = Archives.plan(
                archive,
                draft -> draft.parametrize(
                        weight, "default", lora(draft.find(weight).orElseThrow().shape())));
        assertEquals(
                List.of("the program's code cannot be edited so that it computes a parametrized tensor: " + reason),
                ScriptChanges.of(archive, plan).problems().stream()
                        .map(Problem::message)
                        .toList());
    }

    /** The cure that the refusal names: the value is written, and the code stays as it is. */
    @ParameterizedTest
    @CsvSource({"hooked, fc.weight", "lstm-scripted, lstm.weight_ih_l0", "assigning, fc.weight"})
    void whereCodeCannotBeEditedAFoldedValueIsWritten(String fixture, String weight) throws Exception {
        ScriptArchive archive = Archives.open("torchscript/models/" + fixture);
        Consumer<ModelDraft> folding = draft -> {
            draft.parametrize(
                    weight, "default", lora(draft.find(weight).orElseThrow().shape()));
            draft.foldAdapter("default");
        };
        assertEquals(
                List.of(),
                ScriptChanges.of(archive, Archives.plan(archive, folding)).problems());
        Path file = write(archive, "folded", folding);
        ScriptArchive folded = ScriptArchive.read(Checkpoint.open(file));
        assertEquals(
                archive.checkpoint().stored().keySet(),
                folded.checkpoint().stored().keySet());
        assertNotEquals(value(archive, weight), value(folded, weight));
        load(file).close();
    }

    private static ByteBuffer value(ScriptArchive archive, String name) throws IOException {
        TensorData data = archive.draft().find(name).orElseThrow().base().materialize();
        return data.window(0, Math.toIntExact(data.byteCount()));
    }

    private static List<String> names(Path file) {
        return List.copyOf(Checkpoint.open(file).tensors().keySet());
    }

    @Test
    void aStorageTakesThePlaceOfTheWeight() throws Exception {
        ScriptArchive archive = Archives.open("m43/scripted");
        Parametrization int8 = Methods.Int8.ofThreeByFour();
        Path stored = write(archive, "stored", draft -> draft.parametrize("encoder.weight", int8));
        Path folded = write(archive, "folded", draft -> draft.fold("encoder.weight", int8));
        long[] shape = {5, 4};
        assertEquals(0, run(stored, shape, false).distance(run(folded, shape, false)), 1e-6);
        assertEquals(
                List.of(
                        "encoder.bias",
                        "encoder.weight_codes",
                        "encoder.weight_scale",
                        "decoder.weight",
                        "decoder.bias"),
                names(stored));
        Path qlora = write(archive, "qlora", draft -> {
            draft.parametrize("encoder.weight", int8);
            draft.parametrize("encoder.weight", "default", Methods.lora(3, 2, 4, 2, 0));
        });
        assertTrue(run(qlora, shape, false).distance(run(stored, shape, false)) > 1e-3);
    }

    private Path write(ScriptArchive archive, String name, Consumer<ModelDraft> edits) throws IOException {
        return Archives.write(archive, Files.createDirectory(folder.resolve(name)), edits);
    }
}
