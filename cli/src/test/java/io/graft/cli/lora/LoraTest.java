package io.graft.cli.lora;

import static io.graft.cli.Golden.assertGolden;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.graft.apply.ModelModifierApplier;
import io.graft.cli.Outcome;
import io.graft.cli.Place;
import io.graft.cli.output.ExitCode;
import io.graft.modifiers.lora.LoraModelModifier;
import io.graft.modifiers.lora.LoraOptions_Binder;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code graft lora}, which the jar of modifiers brings. */
class LoraTest {
    @TempDir
    Path folder;

    private Place place;

    @BeforeEach
    void adapter() {
        place = new Place(folder).with("peft/lora");
    }

    @Test
    void whatWasLostIsTold() throws IOException {
        assertGolden(
                "LoraTest/resize.txt",
                place.graft("lora", "resize", "DIR/lora", "-o", "DIR/out", "--rank", "1")
                        .is(ExitCode.DONE)
                        .out());
    }

    @Test
    void aProgramGetsItToo() throws IOException {
        assertGolden(
                "LoraTest/resize.json",
                place.graft("lora", "resize", "DIR/lora", "-o", "DIR/out", "--energy", "0.5", "--json")
                        .is(ExitCode.DONE)
                        .out());
    }

    private void checkpoints() {
        ModelFixture.empty().linear("q", 3, 2, 1).norm("norm", 2, 1).save(folder, "base");
        ModelFixture.empty()
                .with("q.weight", Shape.of(2, 3), 2, 1, 1, 1, 1, 1)
                .with("q.bias", Shape.of(2), 1)
                .norm("norm", 2, 3)
                .save(folder, "tuned");
    }

    @Test
    void anAdapterIsMadeOfTwoCheckpoints() throws IOException {
        checkpoints();
        assertGolden(
                "LoraTest/extract.txt",
                place.graft(
                                "lora",
                                "extract",
                                "DIR/base.safetensors",
                                "DIR/tuned.safetensors",
                                "-o",
                                "DIR/out",
                                "--rank",
                                "1")
                        .is(ExitCode.DONE)
                        .out());
        assertGolden(
                "LoraTest/extract.json",
                place.graft(
                                "lora",
                                "extract",
                                "DIR/base.safetensors",
                                "DIR/tuned.safetensors",
                                "-o",
                                "DIR/more",
                                "--threshold",
                                "0.5",
                                "--target-modules",
                                "q",
                                "--modules-to-save",
                                "norm",
                                "--layer",
                                "q=linear",
                                "--json")
                        .is(ExitCode.DONE)
                        .out());
    }

    @Test
    void ofWhatIsNotInTheAdapterTheFirstOfEachReasonAreShown() {
        ModelFixture base = ModelFixture.empty().linear("q", 3, 2, 1).with("old", Shape.of(1), 1);
        ModelFixture tuned = ModelFixture.empty().linear("q", 3, 2, 2);
        for (int index = 0; index < 8; index++) {
            base.norm("norm" + index, 2, 1);
            tuned.norm("norm" + index, 2, 3);
        }
        base.save(folder, "base");
        tuned.save(folder, "tuned");
        assertEquals("""
                not in the adapter:
                  `norm0.bias` differs, and is no weight of a layer that can be adapted
                  `norm0.weight` differs, and is no weight of a layer that can be adapted
                  `norm1.bias` differs, and is no weight of a layer that can be adapted
                  `norm1.weight` differs, and is no weight of a layer that can be adapted
                  `norm2.bias` differs, and is no weight of a layer that can be adapted
                  `norm2.weight` differs, and is no weight of a layer that can be adapted
                  and 11 more; -v lists all
                  `old` is in the base alone
                """, left("DIR/short"));
        assertEquals(19, left("DIR/long", "-v").lines().count());
    }

    private String left(String output, String... more) {
        List<String> command = new ArrayList<>(List.of(
                "lora", "extract", "DIR/base.safetensors", "DIR/tuned.safetensors", "-o", output, "--rank", "1"));
        command.addAll(List.of(more));
        String out =
                place.graft(command.toArray(String[]::new)).is(ExitCode.DONE).out();
        return out.substring(out.indexOf("not in the adapter:"), out.indexOf("wrote "));
    }

    @Test
    void adaptersAreAddedUp() throws IOException {
        assertGolden(
                "LoraTest/combine.txt",
                place.graft("lora", "combine", "DIR/lora", "DIR/lora=-0.5", "-o", "DIR/out")
                        .is(ExitCode.DONE)
                        .out());
        assertGolden(
                "LoraTest/combine.json",
                place.graft("lora", "combine", "DIR/lora", "DIR/out=2", "-o", "DIR/less", "--rank", "2", "--json")
                        .is(ExitCode.DONE)
                        .out());
        place.graft("lora", "combine", "DIR/lora=much", "-o", "DIR/more").is(ExitCode.USAGE, """
                        graft: IN: `DIR/lora=much` does not end in a number other than 0, as `DIR/lora=-0.5`
                        See `graft lora combine --help`.
                        """);
        place.graft("lora", "combine", "DIR/lora", "-o", "DIR/out").is(ExitCode.USAGE, """
                        graft: --output: `DIR/out` exists; name a folder that does not
                        See `graft lora combine --help`.
                        """);
    }

    /** The sum is written, and whoever asked for it is told. */
    @Test
    void adaptersOfDifferentBasesAreToldOf() throws IOException {
        checkpoints();
        String base = "DIR/base.safetensors";
        String tuned = "DIR/tuned.safetensors";
        place.graft("lora", "extract", base, tuned, "-o", "DIR/there", "--rank", "1")
                .is(ExitCode.DONE);
        place.graft("lora", "extract", tuned, base, "-o", "DIR/back", "--rank", "1")
                .is(ExitCode.DONE);
        String sum = "DIR/there DIR/back -o DIR/text";
        place.graft(("lora combine " + sum).split(" ")).is(ExitCode.DONE, """
                        warning[base-mismatch]
                             = `DIR/back` was made for another base than the adapters before it: of the weights that it changes, 1 of 1 had other values there: `q`;
                               combine adapters of one base, or make sure that the sum does what it should
                        """);
        assertGolden(
                "LoraTest/combine-bases.json",
                place.graft(("lora combine " + sum.replace("text", "json") + " --json").split(" "))
                        .is(ExitCode.DONE)
                        .out());
    }

    @Test
    void whatNoAdapterCanBeMadeOfIsALine() {
        checkpoints();
        Map<String, String> before = place.files();
        place.graft(
                        "lora",
                        "extract",
                        "DIR/base.safetensors",
                        "DIR/tuned.safetensors",
                        "-o",
                        "DIR/out",
                        "--energy",
                        "2")
                .is(ExitCode.USAGE, """
                        graft: --energy: 2.0 is not above 0 and at most 1
                        See `graft lora extract --help`.
                        """);
        place.graft("lora", "extract", "DIR/base.safetensors", "DIR/tuned.safetensors", "-o", "DIR/lora", "--rank", "1")
                .is(ExitCode.USAGE, """
                        graft: --output: `DIR/lora` exists; name a folder that does not
                        See `graft lora extract --help`.
                        """);
        place.graft(
                        "lora",
                        "extract",
                        "DIR/base.safetensors",
                        "DIR/tuned.safetensors",
                        "-o",
                        "DIR/out",
                        "--rank",
                        "1",
                        "--layer",
                        "q=dense")
                .is(ExitCode.USAGE, """
                        graft: --layer: `q=dense` is not a module and linear, transposed, embedding or convolution, as\
                         `**.c_attn=transposed`
                        See `graft lora extract --help`.
                        """);
        Outcome same = place.graft(
                "lora", "extract", "DIR/base.safetensors", "DIR/base.safetensors", "-o", "DIR/out", "--rank", "1");
        assertEquals(ExitCode.CHECKPOINT, same.code());
        assertEquals(
                "graft: DIR/base.safetensors: differs from `DIR/base.safetensors` in no weight that an update could be made"
                        + " of; compare the two with graft diff\n",
                same.err());
        assertEquals(before, place.files());
    }

    @Test
    void anAdapterIsWrittenAsAnotherToolHasIt() throws IOException {
        assertGolden(
                "LoraTest/convert.txt",
                place.graft("lora", "convert", "DIR/lora", "DIR/out", "--to", "kohya", "--section", "unet")
                        .is(ExitCode.DONE)
                        .out());
        assertGolden(
                "LoraTest/convert.json",
                place.graft("lora", "convert", "DIR/out", "DIR/back", "--to", "peft", "--json")
                        .is(ExitCode.DONE)
                        .out());
        assertEquals(
                Place.tensors(place.path("lora/adapter_model.safetensors")),
                Place.tensors(place.path("back/adapter_model.safetensors")));
    }

    @Test
    void whatCannotBeConvertedIsALineAndNothingIsWritten() {
        Map<String, String> before = place.files();
        Outcome unsaid = place.graft("lora", "convert", "DIR/lora", "DIR/out", "--to", "kohya");
        assertEquals(ExitCode.CHECKPOINT, unsaid.code());
        assertEquals(
                "graft: DIR/lora/adapter_model.safetensors: holds what `kohya` cannot say: an adapter that does not tell which"
                        + " model of a pipeline it is for (name it with --section, such as unet, transformer or text_encoder);"
                        + " leave it as it is, or merge it with lora-merge\n",
                unsaid.err());
        place.graft("lora", "convert", "DIR/lora", "DIR/lora", "--to", "mlx").is(ExitCode.USAGE, """
                        graft: OUT: `DIR/lora` exists; name a folder that does not
                        See `graft lora convert --help`.
                        """);
        place.graft("lora", "convert", "DIR/lora", "DIR/out", "--to", "pfet").is(ExitCode.USAGE, """
                        graft: --to: `pfet` is no dialect of adapters; did you mean `peft`?
                        See `graft lora convert --help`.
                        """);
        assertEquals(before, place.files());
    }

    /** For a file that several dialects claim; one of another is then none that can be read. */
    @Test
    void whoseFileItIsCanBeSaid() {
        place.graft("lora", "convert", "DIR/lora", "DIR/out", "--to", "peft", "--from", "pfet")
                .is(ExitCode.USAGE, """
                        graft: --from: `pfet` is no dialect of adapters; did you mean `peft`?
                        See `graft lora convert --help`.
                        """);
        place.graft("lora", "resize", "DIR/lora", "-o", "DIR/out", "--rank", "1", "--from", "pfet")
                .is(ExitCode.USAGE, """
                        graft: --from: `pfet` is no dialect of adapters; did you mean `peft`?
                        See `graft lora resize --help`.
                        """);
        Outcome other = place.graft(
                "lora", "convert", "DIR/lora/adapter_model.safetensors", "DIR/out", "--to", "peft", "--from", "mlx");
        assertEquals(ExitCode.CHECKPOINT, other.code());
        assertEquals(
                "graft: DIR/lora/adapter_model.safetensors: is no adapter of mlx",
                other.err().substring(0, other.err().indexOf(": its keys are")));
        place.graft("lora", "convert", "DIR/lora", "DIR/out", "--to", "peft", "--from", "peft")
                .is(ExitCode.DONE);
    }

    @Test
    void whatIsWrongIsALineAndNothingIsWritten() {
        Map<String, String> before = place.files();
        place.graft("lora")
                .is(
                        ExitCode.USAGE,
                        "graft: Missing a command: extract, combine, resize or convert.\nSee `graft lora --help`.\n");
        wrong("--rank: 0 is not 1 or more", "-o", "DIR/out", "--rank", "0");
        wrong("--energy: 1.5 is not above 0 and at most 1", "-o", "DIR/out", "--energy", "1.5");
        wrong("--energy: NaN is not above 0 and at most 1", "-o", "DIR/out", "--energy", "NaN");
        wrong("--threshold: 0.0 is not above 0 and at most 1", "-o", "DIR/out", "--threshold", "0");
        wrong("--output: `DIR/lora` exists; name a folder that does not", "-o", "DIR/lora", "--rank", "1");
        Outcome gone = place.graft("lora", "resize", "DIR/gone", "-o", "DIR/out", "--rank", "1");
        assertEquals(ExitCode.CHECKPOINT, gone.code());
        assertEquals("graft: DIR/gone: does not exist; check the path\n", gone.err());
        assertEquals(before, place.files());
    }

    private void wrong(String message, String... options) {
        String[] line = new String[options.length + 3];
        line[0] = "lora";
        line[1] = "resize";
        line[2] = "DIR/lora";
        System.arraycopy(options, 0, line, 3, options.length);
        place.graft(line).is(ExitCode.USAGE, "graft: " + message + "\nSee `graft lora resize --help`.\n");
    }

    @Test
    void whatALaterModifierDoesToTheFactorsIsWritten() throws IOException {
        Path values = ModelFixture.empty()
                .with("q.lora_B.default", Shape.of(2, 1), 5, 6)
                .save(folder, "values");
        Path model = ModelFixture.empty().linear("q", 2, 2, 1).save(folder, "model");
        ModelModifierApplier.create()
                .configuration(ConfigFactory.parseString("graft { model.checkpoint = \"" + model + "\", modifiers = ["
                        + "{ type = lora, rank = 1, target-modules = [q] },"
                        + " { type = transfer-learning, checkpoint-path = \"" + values + "\" } ], output.path = \""
                        + folder.resolve("trained") + "\" }"))
                .run();
        assertEquals(
                List.of(5.0, 6.0),
                ModelFixture.read(folder.resolve("trained/adapter_model.safetensors"))
                        .values("base_model.model.q.lora_B.weight"));
    }

    /** A record holds all options; what a file would not say is not held against the others. */
    @Test
    void aProgramGivesOptionsAsAFileDoes() throws IOException {
        Path model = ModelFixture.empty().linear("q", 2, 2, 1).save(folder, "model");
        ModelModifierApplier.create()
                .model(model)
                .configuration(new LoraModelModifier(
                        new LoraOptions_Binder().from(Map.of("target-modules", List.of("q"), "rank", 1))))
                .output(folder.resolve("made"))
                .run();
        assertTrue(Files.exists(folder.resolve("made/adapter_model.safetensors")));
    }
}
