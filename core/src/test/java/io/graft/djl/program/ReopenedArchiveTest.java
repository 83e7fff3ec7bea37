package io.graft.djl.program;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.pytorch.ArchiveEdit;
import io.graft.checkpoint.pytorch.TorchScriptWriter;
import io.graft.djl.Methods;
import io.graft.djl.Models;
import io.graft.djl.run.PyTorchEngine;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.Adapter;
import io.graft.model.parametrization.Parametrization;
import io.graft.tensor.DType;
import io.graft.torchscript.Archives;
import io.graft.torchscript.ScriptArchive;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Archives with parametrizations that Graft has put into them, opened again: they are models with these parametrizations. */
class ReopenedArchiveTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void startOffline() {
        PyTorchEngine.start();
    }

    private Path write(ScriptArchive archive, String name, Consumer<ModelDraft> edits) throws IOException {
        return Archives.write(archive, Files.createDirectory(folder.resolve(name)), edits);
    }

    private static ScriptArchive open(Path file) throws IOException {
        ScriptArchive archive = ScriptArchive.read(Checkpoint.open(file));
        assertEquals("", archive.misunderstood());
        return archive;
    }

    private static Consumer<ModelDraft> lora(String adapter, String weights, int seed) {
        return draft -> {
            for (String weight : weights.split(" ")) {
                io.graft.tensor.Shape shape = draft.find(weight).orElseThrow().shape();
                long out = shape.dimension(0);
                draft.parametrize(
                        weight,
                        adapter,
                        new Methods.Lora(
                                Methods.random(io.graft.tensor.Shape.of(2, shape.elementCount() / out), seed),
                                Methods.random(io.graft.tensor.Shape.of(out, 2), seed + 1),
                                2,
                                0));
            }
        };
    }

    private static Consumer<ModelDraft> ia3(String adapter, String weight) {
        return draft -> draft.parametrize(
                weight,
                adapter,
                new Methods.Ia3(Methods.random(
                        io.graft.tensor.Shape.of(
                                1, draft.find(weight).orElseThrow().shape().dimension(1)),
                        5)));
    }

    private static Consumer<ModelDraft> fold(String adapter) {
        return draft -> draft.foldAdapter(adapter);
    }

    /** The archive as whoever loads and saves it leaves it: without what is in no use. */
    private Path saved(Path file, String name) throws Exception {
        try (Model model = load(file)) {
            Path parameters = folder.resolve(name + ".params");
            try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(parameters))) {
                model.getBlock().saveParameters(out);
            }
            byte[] all = Files.readAllBytes(parameters);
            return Files.write(
                    Files.createDirectory(folder.resolve(name)).resolve("saved.pt"),
                    Arrays.copyOfRange(all, 9, all.length));
        }
    }

    private static Map<String, byte[]> code(Path file) throws IOException {
        return Archives.members(file).entrySet().stream()
                .filter(member -> member.getKey().startsWith("code/"))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    @ParameterizedTest
    @CsvSource({
        "epd/scripted, '6, 8', 'processor.0.query.weight processor.2.query.weight decoder.data.weight'",
        "epd/traced, '6, 8', 'processor.0.query.weight processor.2.query.weight decoder.data.weight'",
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
        "torchscript/models/keeping, '5, 4', 'fc.weight'",
        "torchscript/models/normed, '5, 4', 'fc.weight'"
    })
    void foldingGivesThePlainProgramBack(String fixture, String input, String weights) throws Exception {
        ScriptArchive archive = Archives.open(fixture);
        long[] shape =
                Arrays.stream(input.split(", ")).mapToLong(Long::parseLong).toArray();
        boolean integers = fixture.contains("tied") || fixture.contains("words");
        Path edited = write(archive, "edited", lora("default", weights, 3));
        Path expected = write(archive, "expected", lora("default", weights, 3).andThen(fold("default")));
        float[] outputs = run(expected, shape, integers);
        Path folded = write(open(edited), "folded", fold("default"));
        assertEquals(0, distance(run(folded, shape, integers), outputs), 1e-6);
        assertEquals(
                Archives.members(expected).keySet(), Archives.members(folded).keySet());
        code(expected).forEach((name, text) -> assertText(text, folded, name));
        assertEquals(tensors(expected), tensors(folded));
        // Whoever has loaded and saved it.
        Path again = write(open(saved(edited, "saved")), "again", fold("default"));
        assertEquals(0, distance(run(again, shape, integers), outputs), 1e-6);
        assertEquals(tensors(expected), tensors(again));
        assertTrue(code(again).values().stream()
                .noneMatch(text -> new String(text, StandardCharsets.UTF_8).contains("graft_weight")));
    }

    private static void assertText(byte[] text, Path file, String name) {
        try {
            assertArrayEquals(text, Archives.members(file).get(name), name);
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    private static Map<String, String> tensors(Path file) throws IOException {
        return Archives.tensors(file);
    }

    @Test
    void anAdapterIsTakenOff() throws Exception {
        ScriptArchive archive = Archives.open("epd/traced");
        Path edited = write(archive, "edited", lora("default", "processor.0.query.weight", 3));
        Path plain = write(open(edited), "plain", draft -> draft.unparametrize("default"));
        assertEquals(tensors(Archives.path("epd/traced")), tensors(plain));
        assertEquals(
                Archives.members(Archives.path("epd/traced")).keySet(),
                Archives.members(plain).keySet());
    }

    /** What is put there in two runs is what one run puts there. */
    @Test
    void aSecondAdapterIsPutThereAsInOneRun() throws Exception {
        ScriptArchive archive = Archives.open("epd/scripted");
        Consumer<ModelDraft> one = lora("one", "processor.0.query.weight", 3);
        Consumer<ModelDraft> two =
                ia3("two", "processor.0.query.weight").andThen(lora("two", "processor.1.query.weight", 9));
        Path edited = write(archive, "edited", one);
        Path both = write(archive, "both", one.andThen(two));
        Path after = write(open(edited), "after", two);
        long[] shape = {6, 8};
        assertEquals(0, distance(run(after, shape, false), run(both, shape, false)), 1e-6);
        assertEquals(Archives.members(both).keySet(), Archives.members(after).keySet());
        code(both).forEach((name, text) -> assertText(text, after, name));
        assertEquals(
                List.of("one", "two"),
                open(after).draft().adapters().stream().map(Adapter::name).toList());
    }

    /** Another weight is another number in the file, and nothing else. */
    @ParameterizedTest
    @CsvSource({"m43/scripted, encoder.weight", "torchscript/models/reader, fc.weight"})
    void anAdapterIsWeightedAndSwitched(String fixture, String weight) throws Exception {
        ScriptArchive archive = Archives.open(fixture);
        Consumer<ModelDraft> both = lora("one", weight, 3).andThen(lora("two", weight, 7));
        Path edited = write(archive, "edited", both);
        long[] shape = {5, 4};
        float[] plain = run(Archives.path(fixture), shape, false);
        for (Map<String, Double> weights :
                List.of(Map.of("one", 0.3), Map.of("one", 1.0, "two", -0.5), Map.<String, Double>of())) {
            String name = "weighted" + weights.size() + weights.get("two");
            Path weighted = write(open(edited), name, draft -> draft.activate(weights));
            Path folded = write(
                    archive,
                    name + "folded",
                    both.andThen(draft -> draft.activate(weights))
                            .andThen(fold("one"))
                            .andThen(fold("two")));
            assertEquals(0, distance(run(weighted, shape, false), run(folded, shape, false)), 2e-6);
            Map<String, byte[]> members = Archives.members(weighted);
            List<String> changed = Archives.members(edited).entrySet().stream()
                    .filter(member -> !Arrays.equals(member.getValue(), members.get(member.getKey())))
                    .map(Map.Entry::getKey)
                    .toList();
            assertTrue(changed.stream().allMatch(member -> member.startsWith("data/")), changed::toString);
            assertEquals(
                    weights.getOrDefault("one", 0.0),
                    open(weighted).draft().adapters().get(0).weight());
            assertEquals(
                    weights.getOrDefault("two", 0.0),
                    open(weighted).draft().adapters().get(1).weight());
            Path refolded = write(open(weighted), name + "refolded", fold("one").andThen(fold("two")));
            assertEquals(tensors(folded), tensors(refolded));
        }
        assertEquals(
                0,
                distance(run(write(open(edited), "off", draft -> draft.activate(Map.of())), shape, false), plain),
                0);
    }

    /** What is frozen, trained and assigned needs no other code. */
    @Test
    void valuesAndFlagsOfWhatIsOwnedChangeInTheirPlace() throws Exception {
        Path edited = write(Archives.open("m43/scripted"), "edited", lora("default", "encoder.weight", 3));
        Path changed = write(open(edited), "changed", draft -> {
            draft.freeze("encoder.lora_A.default");
            draft.assign("encoder.lora_B.default", Models.filled(io.graft.tensor.Shape.of(3, 2), 2));
            draft.assign("encoder.bias", Models.filled(io.graft.tensor.Shape.of(3), 4));
        });
        code(edited).forEach((name, text) -> assertText(text, changed, name));
        Map<String, String> before = tensors(edited);
        Map<String, String> after = tensors(changed);
        assertEquals(
                Set.of("encoder.lora_A.default", "encoder.lora_B.default", "encoder.bias"),
                before.keySet().stream()
                        .filter(name -> !before.get(name).equals(after.get(name)))
                        .collect(Collectors.toSet()));
        assertTrue(after.get("encoder.lora_A.default").startsWith("FROZEN_PARAMETER"));
    }

    private static final byte[] CODES = {1, -2, 3, 127, 5, 6, 7, -128, 9, 10, 11, 12};

    private static Parametrization int8() {
        return new Methods.Int8(
                Methods.bytes(io.graft.tensor.Shape.of(3, 4), CODES),
                Methods.tensor(io.graft.tensor.Shape.of(3, 1), index -> 0.01f * (index + 1)));
    }

    @Test
    void aStorageIsFoldedAndStaysUnderAnAdapter() throws Exception {
        ScriptArchive archive = Archives.open("m43/scripted");
        Consumer<ModelDraft> stored = draft -> draft.parametrize("encoder.weight", int8());
        Path edited = write(archive, "edited", stored);
        Path expected = write(archive, "expected", stored.andThen(draft -> draft.foldStorage("encoder.weight")));
        Path folded = write(open(edited), "folded", draft -> draft.foldStorage("encoder.weight"));
        assertEquals(tensors(expected), tensors(folded));
        assertEquals(
                tensors(expected),
                tensors(write(open(saved(edited, "saved")), "again", draft -> draft.foldStorage("encoder.weight"))));
        long[] shape = {5, 4};
        assertEquals(0, distance(run(folded, shape, false), run(edited, shape, false)), 1e-6);
        Consumer<ModelDraft> adapt = lora("default", "encoder.weight", 3);
        Path adapted = write(open(edited), "adapted", adapt);
        assertEquals(
                0,
                distance(run(adapted, shape, false), run(write(archive, "both", stored.andThen(adapt)), shape, false)),
                1e-6);
        DraftTensor encoder = open(edited).draft().find("encoder.weight").orElseThrow();
        assertEquals(DType.F32, encoder.dtype());
        assertTrue(encoder.cameStored());
        assertFalse(encoder.trainable());
    }

    @Test
    void tensorsThatLieSomewhereAndExpressionsAreTold() throws Exception {
        ScriptArchive archive = Archives.open("torchscript/models/weight");
        Parametrization computed = new Methods.Dora(
                Methods.random(io.graft.tensor.Shape.of(2, 6), 5),
                Methods.random(io.graft.tensor.Shape.of(4, 2), 6),
                Methods.tensor(io.graft.tensor.Shape.of(4, 1), index -> 1f),
                1);
        Path edited = write(archive, "edited", draft -> draft.parametrize("weight", "default", computed));
        Path folded = write(open(edited), "folded", fold("default"));
        long[] shape = {4, 6};
        assertEquals(0, distance(run(folded, shape, true), run(edited, shape, true)), 1e-5);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'\"version\":1' | '\"version\":7' | they are of version 7",
                "'\"operation\":\"multiply\"' | '\"operation\":\"guess\"' | `guess` is not known",
                "'{' | '[' | they are no JSON object",
                "'\"encoder.lora_A.default\"' | '\"encoder.lora_C.default\"' | `encoder.lora_C.default` is not there"
            })
    void notesThatAreNotUnderstoodAreTold(String text, String other, String why) throws Exception {
        Path edited = write(
                Archives.open("m43/scripted"),
                "edited",
                ia3("one", "encoder.weight").andThen(lora("default", "encoder.weight", 3)));
        String notes = new String(Archives.members(edited).get("extra/graft.json"), StandardCharsets.UTF_8);
        assertTrue(notes.contains(text), notes);
        Path copy = folder.resolve("copy.pt");
        new TorchScriptWriter(Checkpoint.open(edited), copy)
                .write(
                        List.of(),
                        new ArchiveEdit(
                                Map.of(
                                        "extra/graft.json",
                                        notes.replace(text, other).getBytes(StandardCharsets.UTF_8)),
                                Map.of(),
                                Set.of()));
        ScriptArchive archive = ScriptArchive.read(Checkpoint.open(copy));
        assertEquals(why, archive.misunderstood());
        // An ordinary program, with what is computed now as any other part of it.
        Path again = write(archive, "again", lora("more", "encoder.weight", 11));
        long[] shape = {5, 4};
        assertTrue(distance(run(again, shape, false), run(edited, shape, false)) > 1e-3);
        assertEquals("", open(again).misunderstood());
    }

    private static Model load(Path file) throws Exception {
        Model model = Model.newInstance("test", "PyTorch");
        model.load(file.getParent(), file.getFileName().toString(), Map.of("trainParam", "true"));
        return model;
    }

    private static float[] run(Path file, long[] input, boolean integers) throws Exception {
        try (Model model = load(file)) {
            NDManager manager = model.getNDManager();
            Shape size = new Shape(input);
            NDArray numbers = manager.arange((int) size.size()).reshape(size);
            NDArray given = integers
                    ? numbers.mod(5).toType(DataType.INT64, false)
                    : numbers.toType(DataType.FLOAT32, false).mul(0.37f).sin();
            return model.getBlock()
                    .forward(new ParameterStore(manager, false), new NDList(given), false)
                    .get(0)
                    .toFloatArray();
        }
    }

    private static double distance(float[] one, float[] other) {
        assertEquals(one.length, other.length);
        double distance = 0;
        for (int i = 0; i < one.length; i++) {
            distance = Math.max(distance, Math.abs(one[i] - other[i]));
        }
        return distance;
    }
}
