package io.graft.cli.inspect;

import static io.graft.cli.Golden.assertGolden;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.cli.Outcome;
import io.graft.cli.Place;
import io.graft.cli.output.ExitCode;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectTest {
    private static final long LIMIT_MILLIS = 2000;

    @TempDir
    Path folder;

    @Test
    void showsALightningCheckpoint() throws IOException {
        Place place = new Place(folder).with("m43/full7-lightning.ckpt");
        assertGolden(
                "InspectTest/lightning.txt",
                place.graft("inspect", "DIR/full7-lightning.ckpt")
                        .is(ExitCode.DONE)
                        .out());
    }

    /** What a trainer saves: the model, its average, Adam's moments and generators of random numbers. */
    @Test
    void whatOptimizersKeepIsCountedAndNeverAParameter() throws IOException {
        Place place = new Place(folder).with("torch/trainer.pt");
        assertGolden(
                "InspectTest/trainer.txt",
                place.graft("inspect", "DIR/trainer.pt").is(ExitCode.DONE).out());
        assertGolden(
                "InspectTest/trainer.json",
                place.graft("inspect", "DIR/trainer.pt", "--json")
                        .is(ExitCode.DONE)
                        .out());
        assertGolden(
                "InspectTest/trainer-ema.txt",
                place.graft("inspect", "DIR/trainer.pt", "--section", "model_ema")
                        .is(ExitCode.DONE)
                        .out());
    }

    @Test
    void longNamesAreCutForPeopleOnly() throws IOException {
        String name = "a".repeat(90) + ".b.weight";
        new SafetensorsWriter(folder, "long", SafetensorsWriter.UNLIMITED, Map.of())
                .write(List.of(tensor(name, 1), tensor("a".repeat(90) + ".c.weight", 1)));
        Place place = new Place(folder);
        String text = place.graft("inspect", "DIR/long.safetensors").out();
        assertTrue(text.contains("  " + "a".repeat(39) + "..." + "a".repeat(38) + "  2 tensors"), text);
        assertTrue(place.graft("inspect", "DIR/long.safetensors", "-v").out().contains("a".repeat(90) + "  2 tensors"));
        assertTrue(
                place.graft("inspect", "DIR/long.safetensors", "--json").out().contains("\"name\":\"" + name + "\""));
        String listed = place.graft("inspect", "DIR/long.safetensors", "--keys", "**.b.weight")
                .out();
        assertTrue(listed.contains("a".repeat(39) + "..." + "a".repeat(29) + ".b.weight  F32"), listed);
    }

    @Test
    void keysMayBeRepeated() {
        String out = new Place(folder)
                .with("m43/init.safetensors")
                .graft("inspect", "DIR/init.safetensors", "--keys", "**.bias", "--keys", "encoder")
                .is(ExitCode.DONE)
                .out();
        assertEquals(
                List.of("decoder.bias", "encoder.bias", "encoder.weight"),
                out.lines()
                        .filter(line -> line.contains("  F32  "))
                        .map(line -> line.strip().replaceFirst(" .*", ""))
                        .toList());
    }

    @Test
    void showsShards() throws IOException {
        Place place = new Place(folder).with("bert/hf-sharded");
        assertGolden(
                "InspectTest/sharded.txt",
                place.graft("inspect", "DIR/hf-sharded").is(ExitCode.DONE).out());
    }

    @Test
    void showsShardsOfPyTorch() throws IOException {
        Place place = new Place(folder).with("torch/sharded");
        assertGolden(
                "InspectTest/sharded-pytorch.txt",
                place.graft("inspect", "DIR/sharded").is(ExitCode.DONE).out());
    }

    @Test
    void showsTheSelectedTensors() throws IOException {
        Place place = new Place(folder).with("bert/hf-sharded");
        assertGolden(
                "InspectTest/keys.txt",
                place.graft("inspect", "DIR/hf-sharded", "--keys", "encoder.layer.*.attention.self.query")
                        .is(ExitCode.DONE)
                        .out());
    }

    /** Section 9 of the field reports: names stand in the order of their letters. */
    @Test
    void twelveLayersInASafetensorsFileAreOneRange() throws IOException {
        List<Integer> layers = IntStream.range(0, 12).boxed().toList();
        assertEquals(
                "0 to 11 12 x 2 tensors 36 elements 144 bytes",
                layerLine(layers.stream()
                        .sorted(Comparator.comparing(String::valueOf))
                        .toList()));
    }

    @Test
    void gapsBetweenLayersAreShown() throws IOException {
        assertEquals("0 to 2, 5 to 6, 9 6 x 2 tensors 18 elements 72 bytes", layerLine(List.of(0, 1, 2, 5, 6, 9)));
    }

    private String layerLine(List<Integer> layers) throws IOException {
        List<OutputTensor> tensors = new ArrayList<>();
        for (int layer : layers) {
            tensors.add(tensor("h." + layer + ".bias", 1));
            tensors.add(tensor("h." + layer + ".weight", 2));
        }
        Files.createDirectories(folder.resolve("layers"));
        new SafetensorsWriter(folder.resolve("layers"), "model", SafetensorsWriter.UNLIMITED, Map.of()).write(tensors);
        String shown = new Place(folder)
                .graft("inspect", "DIR/layers")
                .is(ExitCode.DONE)
                .out();
        return shown.lines()
                .filter(line -> line.contains(" x 2 tensors"))
                .findFirst()
                .orElseThrow()
                .strip()
                .replaceAll(" +", " ");
    }

    private static OutputTensor tensor(String name, int elements) {
        TensorData zeros = TensorData.of(ByteBuffer.allocate(elements * Float.BYTES));
        return new OutputTensor(name, DType.F32, Shape.of(elements), () -> zeros);
    }

    @Test
    void showsATieThatOnlyTheConfigurationTells() throws IOException {
        Place place = new Place(folder).file("lm/config.json", "{\"tie_word_embeddings\": true}");
        OutputTensor embedding = new OutputTensor(
                "model.embed_tokens.weight",
                DType.F32,
                Shape.of(1, 2),
                () -> TensorData.of(ByteBuffer.allocate(2 * Float.BYTES)));
        new SafetensorsWriter(folder.resolve("lm"), "model", SafetensorsWriter.UNLIMITED, Map.of())
                .write(List.of(embedding));
        String text = place.graft("inspect", "DIR/lm").is(ExitCode.DONE).out();
        assertTrue(
                text.contains(
                        "\n  tied: model.embed_tokens.weight = lm_head.weight, by config.json; the file has the first"
                                + " only\n"),
                text);
        String json =
                place.graft("inspect", "DIR/lm", "--json").is(ExitCode.DONE).out();
        assertTrue(json.contains("\"ties\":[[\"model.embed_tokens.weight\",\"lm_head.weight\"]]"), json);
    }

    @Test
    void showsThemToPrograms() throws IOException {
        Place place = new Place(folder).with("m43/full7-lightning.ckpt");
        assertGolden(
                "InspectTest/lightning.json",
                place.graft("inspect", "DIR/full7-lightning.ckpt", "--keys", "**.bias", "--json")
                        .is(ExitCode.DONE)
                        .out());
    }

    @Test
    void keysThatSelectNothingAreAnError() {
        Place place = new Place(folder).with("m43/init.safetensors");
        place.graft("inspect", "DIR/init.safetensors", "--keys", "encoder.wieght")
                .is(
                        ExitCode.MISFIT,
                        "graft: --keys: `encoder.wieght` selects none of the 4 tensors of DIR/init.safetensors;"
                                + " did you mean `encoder.weight` or `decoder.weight`?\n");
        place.graft("inspect", "DIR/init.safetensors", "--keys", "weight.**")
                .is(
                        ExitCode.MISFIT,
                        "graft: --keys: `weight.**` selects none of the 4 tensors of DIR/init.safetensors;"
                                + " did you mean `**.weight.**`?\n");
        place.graft("inspect", "DIR/init.safetensors", "--keys", "nothing.like.it")
                .is(
                        ExitCode.MISFIT,
                        "graft: --keys: `nothing.like.it` selects none of the 4 tensors of DIR/init.safetensors\n");
    }

    @Test
    void keysThatAreNoSelectorAreAnError() {
        Place place = new Place(folder).with("m43/init.safetensors");
        place.graft("inspect", "DIR/init.safetensors", "--keys", "encoder..weight")
                .is(ExitCode.USAGE, "graft: --keys: `encoder..weight` has an empty segment\n");
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        new Place(folder)
                .with("m43/init.safetensors")
                .graft("inspect", "DIR/gone.pt")
                .is(ExitCode.CHECKPOINT, "graft: DIR/gone.pt: no such file; its folder holds init.safetensors\n");
    }

    @Test
    void aFailureIsADocumentToo() throws IOException {
        Outcome outcome = new Place(folder).with("hostile/html.ckpt").graft("inspect", "DIR/html.ckpt", "--json");
        assertEquals(ExitCode.CHECKPOINT, outcome.code());
        assertGolden("InspectTest/failure.json", outcome.out());
    }

    @Test
    void showsTheOldContainer() throws IOException {
        Place place = new Place(folder).with("torch/corners-legacy.pt");
        assertGolden(
                "InspectTest/legacy.txt",
                place.graft("inspect", "DIR/corners-legacy.pt")
                        .is(ExitCode.DONE)
                        .out());
    }

    @Test
    void showsATorchScriptArchive() throws IOException {
        Place place = new Place(folder).with("m43/scripted.pt");
        assertGolden(
                "InspectTest/torchscript.txt",
                place.graft("inspect", "DIR/scripted.pt").is(ExitCode.DONE).out());
    }

    @Test
    void ofALargeModelTheDeepestLevelsAreLeftOut() throws IOException {
        StringBuilder header = new StringBuilder("{");
        for (int i = 0; i < 100; i++) {
            header.append(i == 0 ? "" : ",")
                    .append("\"part")
                    .append(i % 50)
                    .append(i < 50 ? ".a" : ".b")
                    .append("\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[")
                    .append(i + "," + (i + 1))
                    .append("]}");
        }
        byte[] json = header.append("}").toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + json.length + 100).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(
                folder.resolve("x.safetensors"),
                file.putLong(json.length).put(json).array());
        Place place = new Place(folder);
        List<String> lines = place.graft("inspect", "DIR/x.safetensors")
                .is(ExitCode.DONE)
                .out()
                .lines()
                .toList();
        assertEquals(4 + 50 + 1, lines.size());
        assertEquals("  part0   2 tensors  2 elements  2 bytes", lines.get(4));
        assertEquals("  and 100 lines more; -v shows all, --keys a part of it", lines.get(54));
        assertEquals(
                4 + 150,
                place.graft("inspect", "DIR/x.safetensors", "-v")
                        .is(ExitCode.DONE)
                        .out()
                        .lines()
                        .count());
    }

    @Test
    void namesCannotMoveTheCursor() throws IOException {
        String header = "{\"a\\u001b[2Jb\\u202e\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}";
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + json.length + 1).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(
                folder.resolve("x.safetensors"),
                file.putLong(json.length).put(json).array());
        assertEquals(
                """
                DIR/x.safetensors
                safetensors, state_dict
                1 tensor, 1 element, 1 byte: U8 1

                  a\\u001b[2Jb\\u202e  U8 [1]  1 element  1 byte
                """,
                new Place(folder)
                        .graft("inspect", "DIR/x.safetensors")
                        .is(ExitCode.DONE)
                        .out());
    }

    @Test
    void hostileFilesAreRefusedAtOnceInOneLine() throws IOException {
        Place place = new Place(folder).with("hostile");
        List<Path> files;
        try (Stream<Path> listed = Files.list(place.path("hostile"))) {
            files = listed.sorted().toList();
        }
        assertEquals(23, files.size());
        StringBuilder lines = new StringBuilder();
        for (Path file : files) {
            long start = System.nanoTime();
            Outcome outcome = place.graft("inspect", file.toString());
            long millis = (System.nanoTime() - start) / 1_000_000;
            assertTrue(millis < LIMIT_MILLIS, file + " took " + millis + " ms");
            assertEquals(ExitCode.CHECKPOINT, outcome.code(), file::toString);
            assertEquals("", outcome.out(), file::toString);
            assertEquals(1, outcome.err().lines().count(), outcome::err);
            assertTrue(outcome.err().contains(file.getFileName().toString()), outcome::err);
            lines.append(outcome.err());
        }
        assertGolden("InspectTest/hostile.txt", lines.toString());
        for (Path nearby : List.of(Path.of(""), folder, folder.resolve("hostile"))) {
            assertFalse(Files.exists(nearby.resolve("graft-was-owned")));
        }
    }

    @Test
    void aMissingFileIsNamedAsItWasWritten() throws IOException {
        String gone = Path.of("").toAbsolutePath().relativize(folder.toRealPath()) + "/gone.pt";
        Place place = new Place(folder);
        place.graft("inspect", gone)
                .is(ExitCode.CHECKPOINT, place.anonymous("graft: " + gone + ": no such file; its folder is empty\n"));
    }

    private static final Path TORCH = Path.of("../core/src/test/resources/fixtures/torch");

    /** Section 6 of the field reports: one file of a distributed checkpoint. */
    @Test
    void aPartOfADistributedCheckpointIsNamed() throws IOException {
        Files.copy(TORCH.resolve("distributed/__0_0.distcp"), folder.resolve("__0_0.distcp"));
        new Place(folder)
                .graft("inspect", "DIR/__0_0.distcp")
                .is(
                        ExitCode.CHECKPOINT,
                        "graft: DIR/__0_0.distcp: this is a part of a distributed checkpoint of PyTorch; give its folder, in"
                                + " which .metadata says where each tensor lies\n");
    }

    /** A tensor whose values cannot be had says why, for programs too. */
    @Test
    void aTensorThatCannotBeReadSaysWhy() throws IOException {
        Files.copy(TORCH.resolve("odd-kinds.pt"), folder.resolve("odd-kinds.pt"));
        String json = new Place(folder)
                .graft("inspect", "DIR/odd-kinds.pt", "--json")
                .is(ExitCode.DONE)
                .out();
        assertTrue(
                json.contains(
                        "{\"name\":\"sparse\",\"dtype\":\"F32\",\"shape\":[3,3],\"unreadable\":\"is a sparse tensor, which Graft"
                                + " does not read\",\"file\":\"DIR/odd-kinds.pt\",\"offset\":0,\"bytes\":36}"),
                json);
    }
}
