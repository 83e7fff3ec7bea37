package io.graft.cli.apply;

import static io.graft.cli.Golden.assertGolden;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.cli.Outcome;
import io.graft.cli.Place;
import io.graft.cli.extension.ExtensionJar;
import io.graft.cli.output.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApplyTest {
    private static final String PRETRAINED = "{ type = transfer-learning, checkpoint-path = pretrained.ckpt }";

    @TempDir
    Path folder;

    @Test
    void transfersALightningCheckpointExactly() throws IOException {
        Place place = epd();
        Outcome outcome = place.graft("apply", "-c", "DIR/x.conf").is(ExitCode.DONE);
        assertEquals(
                Place.tensors(Place.fixture("epd/pretrained-expected.safetensors")),
                Place.tensors(place.path("out/model.safetensors")));
        assertGolden("ApplyTest/epd.txt", outcome.out());
    }

    @Test
    void shardsOfPyTorchAreAModelAndASource() throws IOException {
        Place place = new Place(folder)
                .with("torch/sharded", "torch/sharded-expected.safetensors")
                .config("sharded", "{ type = freezing, submodules-to-freeze = [encoder] }");
        assertGolden(
                "ApplyTest/sharded-pytorch.txt",
                place.graft("apply", "-c", "DIR/x.conf").is(ExitCode.DONE).out());
        Map<String, List<String>> expected = Place.tensors(place.path("sharded-expected.safetensors"));
        assertEquals(expected, Place.tensors(place.path("out/model.safetensors")));
        place.config(
                        "sharded-expected.safetensors",
                        "{ type = transfer-learning, checkpoint-path = sharded, strict = true }")
                .graft("apply", "-c", "DIR/x.conf", "-o", "DIR/filled")
                .is(ExitCode.DONE);
        assertEquals(expected, Place.tensors(place.path("filled/model.safetensors")));
    }

    @Test
    void mergesAnAdapter() throws IOException {
        Place place = new Place(folder)
                .with("peft/base.safetensors", "peft/lora")
                .config("base.safetensors", "{ type = lora-merge, adapter-path = lora }");
        Outcome outcome = place.graft("apply", "-c", "DIR/x.conf", "-v").is(ExitCode.DONE);
        assertGolden("ApplyTest/lora.txt", outcome.out());
        Map<String, List<Float>> expected = Place.floats(Place.fixture("peft/merged.safetensors"));
        Map<String, List<Float>> found = Place.floats(place.path("out/model.safetensors"));
        assertEquals(expected.keySet(), found.keySet());
        expected.forEach((name, values) -> {
            for (int i = 0; i < values.size(); i++) {
                assertEquals(values.get(i), found.get(name).get(i), 1e-5f, name);
            }
        });
        String manifest = Files.readString(place.path("out/graft-manifest.json"));
        assertTrue(
                manifest.contains(
                        "\"operation\": \"add lora of rank 4, scale 2.0, from lora/adapter_model.safetensors\""),
                manifest);
    }

    @Test
    void renamesAndCastsTheModelItself() throws IOException {
        Place place = new Place(folder)
                .with("m43/init.safetensors")
                .config(
                        "init.safetensors",
                        "{ type = renaming, rename = [{ from = encoder, to = net.enc }] }",
                        "{ type = casting, dtype = bf16, tensors = [net] }");
        Map<String, List<String>> before = Place.tensors(place.path("init.safetensors"));
        assertGolden(
                "ApplyTest/renamed-and-cast.txt",
                place.graft("apply", "-c", "DIR/x.conf").is(ExitCode.DONE).out());
        Map<String, List<String>> after = Place.tensors(place.path("out/model.safetensors"));
        assertEquals(
                List.of("decoder.bias", "decoder.weight", "net.enc.bias", "net.enc.weight"),
                List.copyOf(after.keySet()));
        assertEquals(before.get("decoder.bias"), after.get("decoder.bias"));
        assertEquals(before.get("decoder.weight"), after.get("decoder.weight"));
        assertEquals(List.of("BF16", "[3]", "9ebddcbe923d"), after.get("net.enc.bias"));
        assertEquals(
                List.of("BF16", "[3, 4]", "5c3ed0be483eb2bcf3be89bee5beaebe763ec53ea5bd89bd"),
                after.get("net.enc.weight"));
    }

    @Test
    void partsMakeTheSameOutput() {
        Place place = new Place(folder)
                .with("epd/model.safetensors", "epd/pretrained.ckpt")
                .config("model.safetensors", PRETRAINED);
        String[] shards = {"--set", "graft.output.max-shard-size=200B", "--set", "graft.output.digest=none"};
        place.graft("apply", "-c", "DIR/x.conf", shards[0], shards[1], shards[2], shards[3])
                .is(ExitCode.DONE);
        Map<String, String> whole = new Place(place.path("out")).files();
        String first = place.graft(
                        "apply",
                        "-c",
                        "DIR/x.conf",
                        "-o",
                        "DIR/parts",
                        "--partition",
                        "2/2",
                        shards[0],
                        shards[1],
                        shards[2],
                        shards[3])
                .is(ExitCode.DONE)
                .out();
        assertFalse(first.contains("sha256"), first);
        assertFalse(Files.exists(place.path("parts/graft-manifest.json")));
        place.graft(
                        "apply",
                        "-c",
                        "DIR/x.conf",
                        "-o",
                        "DIR/parts",
                        "--partition",
                        "1/2",
                        shards[0],
                        shards[1],
                        shards[2],
                        shards[3])
                .is(ExitCode.DONE);
        assertEquals(whole, new Place(place.path("parts")).files());
    }

    @Test
    void aPartThatDoesNotExistIsAUsageError() {
        epd().graft("apply", "-c", "DIR/x.conf", "--partition", "3/2").is(ExitCode.USAGE, """
                graft: Invalid value for option '--partition': part 3 of 2 does not exist
                See `graft apply --help`.
                """);
    }

    @Test
    void anExistingOutputIsNotTouched() throws IOException {
        Place place = epd();
        place.graft("apply", "-c", "DIR/x.conf");
        Map<String, String> before = place.files();
        Outcome outcome = place.graft("apply", "-c", "DIR/x.conf");
        assertEquals(ExitCode.USAGE, outcome.code());
        assertGolden("ApplyTest/output-exists.txt", outcome.err());
        assertEquals("", outcome.out());
        assertEquals(before, place.files());
    }

    @Test
    void theSameInputsGiveTheSameBytesAnywhere(@TempDir Path elsewhere) throws IOException {
        Place here = epd();
        here.graft("apply", "-c", "DIR/x.conf").is(ExitCode.DONE);
        Map<String, String> first = here.files();
        here.graft("apply", "-c", "DIR/x.conf", "--set", "graft.output.overwrite=true")
                .is(ExitCode.DONE);
        assertEquals(first, here.files());
        Place there = new Place(elsewhere)
                .with("epd/model.safetensors", "epd/pretrained.ckpt")
                .config("model.safetensors", PRETRAINED);
        there.graft("apply", "-c", "DIR/x.conf").is(ExitCode.DONE);
        for (String file : List.of("out/model.safetensors", "out/graft-manifest.json")) {
            assertArrayEquals(Files.readAllBytes(here.path(file)), Files.readAllBytes(there.path(file)), file);
        }
    }

    @Test
    void theCommandLineNamesAnotherOutput() {
        Place place = epd();
        place.graft("apply", "-c", "DIR/x.conf", "-o", "DIR/else where").is(ExitCode.DONE);
        assertFalse(Files.exists(place.path("out")));
        assertEquals(
                Place.tensors(Place.fixture("epd/pretrained-expected.safetensors")),
                Place.tensors(place.path("else where/model.safetensors")));
    }

    @Test
    void theReportIsOneJsonDocument() throws IOException {
        Place place = m43("full7.pt").with("m43/full7.pt");
        Outcome outcome = place.graft("apply", "-c", "DIR/x.conf", "--json").is(ExitCode.DONE);
        assertGolden("ApplyTest/m43.json", outcome.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"full7.pt", "full7-lightning.ckpt", "full7-model_state_dict.pth"})
    void everyContainerGivesTheSame(String container) {
        Place place = m43(container).with("m43/" + container);
        place.graft("apply", "-c", "DIR/x.conf").is(ExitCode.DONE);
        assertSevens(place.path("out/model.safetensors"));
        place.config("init.safetensors", "{ type = transfer-learning, checkpoint-path = out }");
        place.graft("apply", "-c", "DIR/x.conf", "-o", "DIR/again").is(ExitCode.DONE);
        assertSevens(place.path("again/model.safetensors"));
    }

    @Test
    void whatDoesNotFitIsLeftOutWithItsReason() throws IOException {
        Place place = m43("mismatched.pt").with("m43/mismatched.pt");
        Outcome outcome = place.graft("apply", "-c", "DIR/x.conf").is(ExitCode.DONE);
        assertGolden("ApplyTest/mismatched.txt", outcome.out());
    }

    @Test
    void anOverrideIsNoLessThanTheFile() throws IOException {
        Place place = m43("mismatched.pt").with("m43/mismatched.pt");
        Outcome outcome = place.graft("apply", "-c", "DIR/x.conf", "--set", "graft.modifiers[0].skip-mismatched=false");
        assertEquals(ExitCode.MISFIT, outcome.code());
        assertGolden("ApplyTest/mismatched-refused.txt", outcome.err());
        assertFalse(Files.exists(place.path("out")));
    }

    @Test
    void nothingThatMatchesIsAnError() throws IOException {
        Place place = m43("pretrained.ckpt").with("epd/pretrained.ckpt");
        Outcome outcome = place.graft("apply", "-c", "DIR/x.conf");
        assertEquals(ExitCode.MISFIT, outcome.code());
        assertEquals("", outcome.out());
        assertGolden("ApplyTest/nothing-matches.txt", outcome.err());
        assertFalse(Files.exists(place.path("out")));
    }

    @Test
    void aFailureHalfWayLeavesTheOldOutput() throws IOException {
        Place place = m43("full7.pt").with("m43/full7.pt");
        place.graft("apply", "-c", "DIR/x.conf").is(ExitCode.DONE);
        ExtensionJar.failing(place.path("failing.jar"));
        place.config("init.safetensors", "{ type = failing }");
        Map<String, String> before = place.files();
        Outcome outcome = place.graft(
                "apply", "-c", "DIR/x.conf", "--set", "graft.output.overwrite=true", "--extensions", "DIR/failing.jar");
        assertEquals("", outcome.out());
        outcome.is(ExitCode.FAILED, """
                1 modifier configured in DIR/x.conf: 1 error. Nothing was applied to the model.

                error[apply-failed]  DIR/x.conf:4:5  graft.modifiers[0]
                   4 |     { type = failing }
                     |     ^^^^^^^^^^^^^^^^^^ the values of `decoder.bias` cannot be read: IOException: the disk is gone; the model and the output are as they were
                     = modifier 1 of 1, `failing` (failing.jar)
                     = from `decoder.bias` of nowhere
                """);
        assertEquals(before, place.files());
    }

    private Place epd() {
        return new Place(folder)
                .with("epd/model.safetensors", "epd/pretrained.ckpt")
                .config("model.safetensors", PRETRAINED);
    }

    private Place m43(String checkpoint) {
        return new Place(folder)
                .with("m43/init.safetensors")
                .config("init.safetensors", "{ type = transfer-learning, checkpoint-path = " + checkpoint + " }");
    }

    private static void assertSevens(Path checkpoint) {
        assertEquals(
                Map.of(
                        "encoder.weight", Collections.nCopies(12, 7f),
                        "encoder.bias", Collections.nCopies(3, 7f),
                        "decoder.weight", Collections.nCopies(6, 7f),
                        "decoder.bias", Collections.nCopies(2, 7f)),
                Place.floats(checkpoint));
    }
}
