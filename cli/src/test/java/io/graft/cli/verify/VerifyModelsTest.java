package io.graft.cli.verify;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.cli.Outcome;
import io.graft.cli.Place;
import io.graft.cli.output.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that compute what PyTorch does, from every form in which their weights are kept. */
class VerifyModelsTest {
    private static final Path CORE = Path.of("../core/src/test/resources/fixtures");

    private static final String BERT = "block-factory = io.graft.models.Bert, arguments { vocab-size = 99,"
            + " hidden-size = 32, num-hidden-layers = 2, num-attention-heads = 4, intermediate-size = 64,"
            + " max-position-embeddings = 40 }";

    @TempDir
    Path folder;

    private Place place;

    @BeforeEach
    void files() throws IOException {
        place = new Place(folder)
                .with(
                        "verify/bert-inputs.safetensors",
                        "verify/bert-outputs.safetensors",
                        "verify/bert-bf16.safetensors",
                        "bert/hf",
                        "bert/hf-sharded",
                        "m43/scripted.pt",
                        "m43/init.safetensors",
                        "m43/full7.pt",
                        "m43/full7-lightning.ckpt",
                        "m43/full7-model_state_dict.pth");
        copy("bert/pytorch_model-legacy-names.bin");
        copy("m43/inputs.safetensors");
        copy("m43/outputs-full7.safetensors");
        copy("m43/outputs-init.safetensors");
    }

    private void copy(String fixture) throws IOException {
        Path from = CORE.resolve(fixture);
        Files.copy(from, folder.resolve(from.getFileName()));
    }

    private Outcome verify(String model, String modifier, String inputs, String outputs, String tolerance) {
        place.file("x.conf", "graft { model { " + model + " }, modifiers = [ " + modifier + " ] }");
        return place.graft(
                "verify",
                "-c",
                "DIR/x.conf",
                "--inputs",
                "DIR/" + inputs + ".safetensors",
                "--expected",
                "DIR/" + outputs + ".safetensors",
                "--tolerance",
                tolerance);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hf", "hf-sharded"})
    void bertFromEachFormOfItsFile(String checkpoint) {
        String said = verify(BERT, transfer(checkpoint), "bert-inputs", "bert-outputs", "1e-5")
                .is(ExitCode.DONE)
                .out();
        assertTrue(said.startsWith("same  last_hidden_state  largest difference "), said);
    }

    private static String transfer(String checkpoint) {
        return "{ type = transfer-learning, checkpoint-path = \"" + checkpoint + "\" }";
    }

    /** The file of old names has the values of bfloat16, too. */
    @ParameterizedTest
    @CsvSource({"bert-bf16.safetensors, ''", "pytorch_model-legacy-names.bin, ', rename = [bert]'"})
    void bertFromBfloat16IsAsNearAsThatAllows(String checkpoint, String options) {
        String transfer = transfer(checkpoint).replace(" }", options + " }");
        verify(BERT, transfer, "bert-inputs", "bert-outputs", "5e-3").is(ExitCode.DONE);
        verify(BERT, transfer, "bert-inputs", "bert-outputs", "1e-5").is(ExitCode.MISFIT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"full7.pt", "full7-lightning.ckpt", "full7-model_state_dict.pth"})
    void aProgramTakesItsWeightsFromEachContainer(String checkpoint) {
        verify("torchscript = scripted.pt", transfer(checkpoint), "inputs", "outputs-full7", "1e-5")
                .is(ExitCode.DONE);
    }

    @Test
    void aProgramAsItIs() {
        verify("torchscript = scripted.pt", "", "inputs", "outputs-init", "1e-5")
                .is(ExitCode.DONE);
    }
}
