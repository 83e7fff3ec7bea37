package io.graft.cli.verify;

import static io.graft.cli.Golden.assertGolden;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.cli.Outcome;
import io.graft.cli.Place;
import io.graft.cli.output.ExitCode;
import io.graft.models.EncoderProcessorDecoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerifyTest {
    private static final String SAME = "same  0  largest difference X (relative X), 0 of 24 elements differ";
    private static final String TRANSFER = "{ type = transfer-learning, checkpoint-path = pretrained.ckpt }";

    @TempDir
    Path folder;

    private Place place;

    @BeforeEach
    void aBlock() {
        place = new Place(folder)
                .with(
                        "epd/pretrained.ckpt",
                        "epd/inputs.safetensors",
                        "epd/outputs.safetensors",
                        "epd/outputs-pretrained.safetensors");
        block(TRANSFER);
    }

    @Test
    void aBlockWithTransferredWeightsComputesWhatPyTorchDoes() throws IOException {
        Map<String, String> before = place.files();
        assertEquals(SAME, firstFinding(verify("outputs-pretrained").is(ExitCode.DONE)));
        assertEquals(before, place.files());
    }

    @ParameterizedTest
    @ValueSource(strings = {"scripted", "traced"})
    void aTorchScriptProgramComputesWhatPyTorchDoes(String kind) throws IOException {
        place.with("epd/" + kind + ".pt");
        place.file("x.conf", """
                graft {
                  model.torchscript = "%s.pt"
                  modifiers = [ %s ]
                }
                """.formatted(kind, TRANSFER));
        Map<String, String> before = place.files();
        assertEquals(SAME, firstFinding(verify("outputs-pretrained").is(ExitCode.DONE)));
        assertEquals(before, place.files());
        verify("outputs").is(ExitCode.MISFIT);
    }

    @Test
    void anEditedArchiveIsReportedAndRunsAgain() throws IOException {
        place.with("epd/scripted.pt");
        place.file("x.conf", """
                graft {
                  model.torchscript = "scripted.pt"
                  modifiers = [
                    %s
                    { type = freezing, submodules-to-freeze = [encoder, "processor.0"] }
                  ]
                  output.path = out
                }
                """.formatted(TRANSFER));
        Outcome outcome = place.graft("apply", "-c", "DIR/x.conf").is(ExitCode.DONE);
        assertGolden("VerifyTest/torchscript.txt", outcome.out().replaceAll("sha256 \\w+", "sha256 SHA256"));
        place.file("x.conf", "graft { model.torchscript = out/model.pt, modifiers = [] }");
        assertEquals(SAME, firstFinding(verify("outputs-pretrained").is(ExitCode.DONE)));
    }

    @Test
    void otherOutputsAreADifference() {
        assertEquals("""
                DIFFERS  0  largest difference X (relative X), 24 of 24 elements differ
                            largest at [I, I]: X, expected X
                            at most X in 50 %, X in 90 %, X in 99 %, X in 99.9 % of the elements
                """, finding(verify("outputs").is(ExitCode.MISFIT)));
    }

    @Test
    void theToleranceDecides() {
        verify("outputs", "--tolerance", "100").is(ExitCode.DONE);
        verify("outputs", "--tolerance", "-1")
                .is(ExitCode.USAGE, "graft: --tolerance: -1.0 is not 0 or more; give a number as 1e-5\n");
    }

    @Test
    void aProgramGetsTheDifferenceAsJson() throws IOException {
        Outcome outcome = verify("outputs", "--json").is(ExitCode.MISFIT);
        assertGolden(
                "VerifyTest/differs.json",
                outcome.out()
                        .replaceAll(
                                "(\"(max-absolute|max-relative|actual|expected|50|90|99|99\\.9)\":)[\\d.eE-]+",
                                "$1NUMBER")
                        .replaceAll("\\[\\d,\\d]", "[I,I]"));
    }

    @Test
    void aCheckpointHasNoForward() throws IOException {
        place.with("epd/model.safetensors").config("model.safetensors", TRANSFER);
        Outcome outcome = verify("outputs");
        assertEquals(ExitCode.USAGE, outcome.code());
        assertGolden("VerifyTest/checkpoint.txt", outcome.err());
    }

    @Test
    void inputsThatDoNotFitTheBlockAreNamed() {
        place.graft(
                        "verify",
                        "-c",
                        "DIR/x.conf",
                        "--inputs",
                        "DIR/outputs.safetensors",
                        "--expected",
                        "DIR/outputs.safetensors")
                .is(
                        ExitCode.USAGE,
                        "graft: the block fails on the inputs: EngineException: mat1 and mat2 shapes cannot be multiplied"
                                + " (6x4 and 8x16); check their shapes and dtypes against the block's `input-shapes`\n");
    }

    @Test
    void aBlockIsFrozenByPyTorchsNamesAndByDjls() throws IOException {
        block("{ type = freezing, submodules-to-freeze = [encoder, \"processor.0\", \"norm.weight\"] }");
        String byPyTorchsNames =
                place.graft("apply", "-c", "DIR/x.conf").is(ExitCode.DONE).out();
        block(
                "{ type = freezing, submodules-to-freeze = [01encoder, \"02processor.01GatedLayer\", \"03norm.gamma\"] }");
        String byDjlsNames = place.graft("apply", "-c", "DIR/x.conf", "-o", "DIR/djl")
                .is(ExitCode.DONE)
                .out();
        // The values are random.
        assertGolden("VerifyTest/frozen.txt", byPyTorchsNames.replaceAll("sha256 \\w+", "sha256 SHA256"));
        assertEquals(byPyTorchsNames, byDjlsNames.replace("DIR/djl/", "DIR/out/"));
    }

    @Test
    void aBlockThatCannotBeMadeIsNamedInItsFile() {
        place.graft("plan", "-c", "DIR/x.conf", "--set", "graft.model.block-factory=com.acme.Gone")
                .is(ExitCode.USAGE, """
                        1 modifier configured in DIR/x.conf: 1 error. Nothing was applied to the model.

                        error[malformed-value] --set graft.model.block-factory
                             = no class `com.acme.Gone` on the class path;
                               check the name (a nested class is written Outer$Inner), or add its jar to the extensions
                        """);
    }

    private Outcome verify(String outputs, String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("verify", "-c", "DIR/x.conf", "--inputs", "DIR/inputs.safetensors", "--expected"));
        arguments.add("DIR/" + outputs + ".safetensors");
        arguments.addAll(List.of(more));
        return place.graft(arguments.toArray(String[]::new));
    }

    private static String firstFinding(Outcome outcome) {
        return finding(outcome).lines().findFirst().orElseThrow();
    }

    private static String finding(Outcome outcome) {
        return outcome.out()
                .replaceAll("-?\\d\\.\\d{3}e[-+]\\d\\d|-?\\d+\\.\\d{5,}(e-\\d\\d)?", "X")
                .replaceAll("\\[\\d, \\d]", "[I, I]");
    }

    private void block(String modifier) {
        place.file("x.conf", """
                graft {
                  model {
                    block-factory = "%s"
                  }
                  modifiers = [
                    %s
                  ]
                  output.path = out
                }
                """.formatted(EncoderProcessorDecoder.class.getName(), modifier));
    }
}
