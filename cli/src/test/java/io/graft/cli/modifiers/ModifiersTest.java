package io.graft.cli.modifiers;

import static io.graft.cli.Golden.assertGolden;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.cli.Outcome;
import io.graft.cli.Place;
import io.graft.cli.extension.ExtensionJar;
import io.graft.cli.output.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModifiersTest {
    @TempDir
    Path folder;

    @Test
    void listsTheModifiers() throws IOException {
        assertGolden(
                "ModifiersTest/list.txt",
                graft("modifiers", "list").is(ExitCode.DONE).out());
        assertGolden(
                "ModifiersTest/list.json",
                graft("modifiers", "list", "--json").is(ExitCode.DONE).out());
    }

    @Test
    void describesOne() throws IOException {
        assertGolden(
                "ModifiersTest/freezing.txt",
                graft("modifiers", "describe", "freezing").is(ExitCode.DONE).out());
        assertGolden(
                "ModifiersTest/freezing.json",
                graft("modifiers", "describe", "freezing", "--json")
                        .is(ExitCode.DONE)
                        .out());
        assertGolden(
                "ModifiersTest/transfer-learning.txt",
                graft("modifiers", "describe", "transfer-learning")
                        .is(ExitCode.DONE)
                        .out());
    }

    @Test
    void aModifierIsFoundByItsOtherNames() {
        String byId = graft("modifiers", "describe", "freezing").out();
        assertEquals(
                byId,
                graft("modifiers", "describe", "anemoi.training.train.modify.FreezingModelModifier")
                        .out());
        assertEquals(
                byId,
                graft("modifiers", "describe", "io.graft.modifiers.freezing.FreezingModelModifier")
                        .out());
    }

    @Test
    void anUnknownModifierGetsTheNearestName() {
        graft("modifiers", "describe", "freezzing")
                .is(
                        ExitCode.USAGE,
                        "graft: no modifier has id `freezzing`; did you mean `freezing`?"
                                + " found: adapter, casting, freezing, initialize, lora, lora-merge, quantization, renaming, replace-module, transfer-learning\n");
        graft("modifiers", "describe", "module")
                .is(
                        ExitCode.USAGE,
                        "graft: no modifier has id `module`; did you mean `replace-module`?"
                                + " found: adapter, casting, freezing, initialize, lora, lora-merge, quantization, renaming, replace-module, transfer-learning\n");
        graft("modifiers", "describe", "lora-marge")
                .is(
                        ExitCode.USAGE,
                        "graft: no modifier has id `lora-marge`; did you mean `lora-merge`?"
                                + " found: adapter, casting, freezing, initialize, lora, lora-merge, quantization, renaming, replace-module, transfer-learning\n");
        graft("modifiers", "describe", "zzz")
                .is(
                        ExitCode.USAGE,
                        "graft: no modifier has id `zzz`; found: adapter, casting, freezing, initialize, lora, lora-merge, quantization, renaming, replace-module, transfer-learning\n");
    }

    @Test
    void printsASampleThatIsAConfiguration() throws IOException {
        String sample = graft("modifiers", "sample", "transfer-learning")
                .is(ExitCode.DONE)
                .out();
        assertGolden("ModifiersTest/sample.txt", sample);
        Place place = new Place(folder)
                .with("m43/init.safetensors", "m43/full7.pt")
                .file(
                        "x.conf",
                        "graft.model.checkpoint = init.safetensors\ngraft.output.path = out\n"
                                + sample.replace("<path>", "full7.pt"));
        place.graft("config", "check", "-c", "DIR/x.conf").is(ExitCode.DONE);
    }

    @Test
    void printsTheSchemaOfAnEntry() throws IOException {
        assertGolden(
                "ModifiersTest/schema.json",
                graft("modifiers", "schema", "anemoi.training.train.modify.FreezingModelModifier")
                        .is(ExitCode.DONE)
                        .out());
    }

    @Test
    void theFilesOfAnExtensionComeFromItsJar() {
        Place place = new Place(folder);
        ExtensionJar.oneTensor(place.path("acme-1.0.jar"));
        assertEquals(
                """
                # Freezes one tensor. It is all that a test needs.
                graft.modifiers += {
                  type = one-tensor

                  # the one tensor (required, string, not blank)
                  tensor = "<text>"
                }
                """,
                place.graft("modifiers", "sample", "one-tensor", "--extensions", "DIR/acme-1.0.jar")
                        .is(ExitCode.DONE)
                        .out());
    }

    @Test
    void aJarWithoutThemIsToldSo() {
        Place place = new Place(folder);
        ExtensionJar.bare(place.path("acme-1.0.jar"));
        place.graft("modifiers", "schema", "one-tensor", "--extensions", "DIR/acme-1.0.jar")
                .is(
                        ExitCode.USAGE,
                        "graft: modifier `one-tensor` of acme-1.0.jar brings no schema;"
                                + " rebuild it with graft-processor, which writes one\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sample", "schema"})
    void noFileOfAnUnknownModifier(String file) {
        graft("modifiers", file, "freezzing")
                .is(
                        ExitCode.USAGE,
                        "graft: no modifier has id `freezzing`; did you mean `freezing`?"
                                + " found: adapter, casting, freezing, initialize, lora, lora-merge, quantization, renaming, replace-module, transfer-learning\n");
    }

    @Test
    void anExtensionIsListedAndRuns() {
        Place place = new Place(folder)
                .with("m43/init.safetensors")
                .config("init.safetensors", "{ type = one-tensor, tensor = encoder.bias }");
        ExtensionJar.oneTensor(place.path("acme-1.0.jar"));
        Outcome list = place.graft("modifiers", "list", "--extensions", "DIR/acme-1.0.jar")
                .is(ExitCode.DONE);
        assertEquals("""
                adapter VERSION BUILTIN API 1 usable Puts a new adapter of another method than LoRA on a model: IA3, VeRA, LoKr, or one that a jar brings.
                casting VERSION BUILTIN API 1 usable Gives tensors another floating-point dtype.
                freezing VERSION BUILTIN API 1 usable Keeps parameters from being trained: everything under the named modules, or single tensors.
                initialize VERSION BUILTIN API 1 usable Lets parts of the model start anew: from another part, as a new decoder from one that is trained, or by a rule of PyTorch's.
                lora VERSION BUILTIN API 1 usable Puts a LoRA adapter on a model: a new one, which is then trained, or one \
                that was trained before.
                lora-merge VERSION BUILTIN API 1 usable Merges a LoRA adapter into the weights that it adapts, whether PEFT, \
                kohya's scripts, diffusers, MLX or torchtune wrote it, or a tool whose dialect a jar brings.
                one-tensor - acme-1.0.jar API 1 usable Freezes one tensor.
                quantization VERSION BUILTIN API 1 usable Gives weights fewer bits: integers or the codes of a few numbers, with scales for rows or groups of them.
                renaming VERSION BUILTIN API 1 usable Gives tensors of the model other names, one by one or with the modules above them.
                replace-module VERSION BUILTIN API 1 usable Puts another module in the place of one, such as a head with another number of outputs or a new decoder, or adds one.
                transfer-learning VERSION BUILTIN API 1 usable Loads the weights of another checkpoint into the tensors of the model that they fit, by name and shape.
                """, list.out().replaceAll(" {2,}", " "));
        Outcome run = place.environment("GRAFT_EXTENSIONS", "DIR/acme-1.0.jar")
                .graft("apply", "-c", "DIR/x.conf")
                .is(ExitCode.DONE);
        assertEquals("""
                applied to checkpoint init.safetensors

                1. one-tensor  (acme-1.0.jar)
                   ~ 1 frozen
                       encoder.bias
                """, run.out().substring(0, run.out().indexOf("\n4 tensors")));
    }

    @Test
    void aBrokenExtensionHarmsNobody() throws IOException {
        Place place = new Place(folder)
                .with("m43/init.safetensors")
                .config("init.safetensors", "{ type = one-tensor, tensor = encoder.bias }");
        Files.createDirectory(place.path("jars"));
        ExtensionJar.oneTensor(place.path("jars/acme-1.0.jar"));
        ExtensionJar.broken(place.path("jars/acme-broken.jar"));
        Files.writeString(place.path("jars/half.jar"), "PK and no more");
        String leftOut = "the extension DIR/jars/half.jar is left out: it is not a jar (zip END header not found);"
                + " remove it or build it again";
        Outcome list =
                place.graft("modifiers", "list", "--extensions", "DIR/jars").is(ExitCode.DONE);
        assertEquals(
                List.of(
                        "! " + leftOut,
                        "! `com.acme.BrokenModelModifier` of acme-broken.jar lists com.acme.BrokenModelModifier_Provider,"
                                + " which is not in it; rebuild the jar; its services file is older than its classes"),
                list.out().lines().filter(line -> line.startsWith("!")).toList());
        place.graft("apply", "-c", "DIR/x.conf", "--extensions", "DIR/jars")
                .is(ExitCode.DONE, "graft: " + leftOut + "\n");
        Outcome run = place.graft(
                "plan",
                "-c",
                "DIR/x.conf",
                "--extensions",
                "DIR/jars",
                "--set",
                "graft.modifiers[0].type=com.acme.BrokenModelModifier");
        assertGolden("ModifiersTest/broken.txt", run.err());
        assertEquals(ExitCode.USAGE, run.code());
    }

    @Test
    void anExtensionThatIsNotThereIsNamed() {
        graft("modifiers", "list", "--extensions", "DIR/gone.jar")
                .is(
                        ExitCode.USAGE,
                        "graft: the extension DIR/gone.jar does not exist;"
                                + " give a jar or a folder of jars in --extensions or GRAFT_EXTENSIONS\n");
    }

    private Outcome graft(String... arguments) {
        return new Place(folder).graft(arguments);
    }
}
