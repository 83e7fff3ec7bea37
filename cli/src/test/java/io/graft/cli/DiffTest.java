package io.graft.cli;

import static io.graft.cli.Golden.assertGolden;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.cli.output.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiffTest {
    @TempDir
    Path folder;

    /** Pairs that PyTorch, transformers and safetensors wrote of the same tensors. */
    @ParameterizedTest
    @CsvSource({
        "m43/init.pt, m43/init.safetensors",
        "m43/full7.pt, m43/full7-model_state_dict.pth",
        "m43/scripted.pt, m43/init.safetensors",
        "torch/corners.pt, torch/corners-legacy.pt",
        "torch/corners.pt, torch/corners-expected.safetensors",
        "bert/hf, bert/hf-sharded",
        "torch/sharded, torch/sharded-expected.safetensors",
        "epd/scripted.pt, epd/model.safetensors",
        "epd/traced.pt, epd/model.safetensors",
        "epd/scripted.pt, epd/traced.pt"
    })
    void theSameTensorsInTwoContainersAreEqual(String a, String b) {
        Place place = new Place(folder).with(a, b);
        String out = place.graft("diff", inside(a), inside(b)).is(ExitCode.DONE).out();
        assertEquals(3, out.lines().count(), out);
    }

    @Test
    void whatDiffersIsShown() throws IOException {
        Place place = new Place(folder).with("m43/init.safetensors", "m43/mismatched.pt");
        assertGolden(
                "DiffTest/mismatched.txt",
                place.graft("diff", "DIR/init.safetensors", "DIR/mismatched.pt")
                        .is(ExitCode.MISFIT)
                        .out());
    }

    @Test
    void valuesAreShownByTheirDistance() throws IOException {
        Place place = new Place(folder).with("m43/init.safetensors", "m43/full7.pt");
        assertGolden(
                "DiffTest/values.txt",
                place.graft("diff", "DIR/init.safetensors", "DIR/full7.pt")
                        .is(ExitCode.MISFIT)
                        .out());
    }

    @Test
    void programsGetADocument() throws IOException {
        Place place = new Place(folder).with("m43/init.safetensors", "m43/mismatched.pt");
        assertGolden(
                "DiffTest/mismatched.json",
                place.graft("diff", "DIR/init.safetensors", "DIR/mismatched.pt", "--json")
                        .is(ExitCode.MISFIT)
                        .out());
    }

    @Test
    void longListsAreCut() throws IOException {
        Place place = new Place(folder).with("bert/hf", "epd/model.safetensors");
        assertGolden(
                "DiffTest/strangers.txt",
                place.graft("diff", "DIR/hf", "DIR/model.safetensors")
                        .is(ExitCode.MISFIT)
                        .out());
        String all = place.graft("diff", "DIR/hf", "DIR/model.safetensors", "-v")
                .is(ExitCode.MISFIT)
                .out();
        assertEquals(2 + 1 + 39 + 1 + 40 + 1, all.lines().count(), all);
    }

    @Test
    void aFileThatCannotBeReadIsNamed() {
        new Place(folder)
                .with("m43/init.safetensors")
                .graft("diff", "DIR/init.safetensors", "DIR/gone.pt")
                .is(ExitCode.CHECKPOINT, "graft: DIR/gone.pt: no such file; its folder holds init.safetensors\n");
    }

    @Test
    void bothFilesAreNeeded() {
        new Place(folder)
                .graft("diff", "DIR/a.pt")
                .is(ExitCode.USAGE, "graft: Missing required parameter: 'B'\nSee `graft diff --help`.\n");
    }

    private static String inside(String fixture) {
        return Place.FOLDER + "/" + Path.of(fixture).getFileName();
    }
}
