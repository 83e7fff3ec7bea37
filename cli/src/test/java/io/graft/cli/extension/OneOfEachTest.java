package io.graft.cli.extension;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.cli.JavaProcess;
import io.graft.cli.Main;
import io.graft.cli.Outcome;
import io.graft.cli.Place;
import io.graft.cli.output.ExitCode;
import io.graft.cli.page.Fence;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.testkit.ModelFixture;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One jar that brings a kind of model, a format, a layout and a command, all as the guide for authors has them. */
class OneOfEachTest {
    @TempDir
    static Path jars;

    @TempDir
    Path folder;

    @BeforeAll
    static void buildJars() throws IOException {
        GuideJar.build(jars.resolve("acme.jar"), "com.acme");
        GuideJar.build(jars.resolve("other.jar"), "com.other");
    }

    @BeforeEach
    void makePlace() throws IOException {
        new Place(folder).with("m43/init.safetensors");
        Files.copy(jars.resolve("acme.jar"), folder.resolve("acme.jar"));
        Files.createDirectories(folder.resolve("releases/7"));
        Files.copy(folder.resolve("init.safetensors"), folder.resolve("releases/7/revision-2.safetensors"));
    }

    private Outcome without(String... arguments) {
        return new Place(folder).graft(arguments);
    }

    private Outcome with(String... arguments) {
        return new Place(folder).environment("GRAFT_EXTENSIONS", "DIR/acme.jar").graft(arguments);
    }

    private Outcome withBoth(String... arguments) throws IOException {
        Files.copy(jars.resolve("other.jar"), folder.resolve("other.jar"), StandardCopyOption.REPLACE_EXISTING);
        return new Place(folder)
                .environment("GRAFT_EXTENSIONS", "DIR/acme.jar" + File.pathSeparator + "DIR/other.jar")
                .graft(arguments);
    }

    private void configuration(String text) throws IOException {
        Files.writeString(folder.resolve("x.conf"), text);
    }

    @Test
    void convertWritesItsFormatAndReadsItBack() throws IOException {
        with("convert", "DIR/init.safetensors", "DIR/x.acme").is(ExitCode.DONE);
        with("convert", "DIR/x.acme", "DIR/back.pt").is(ExitCode.DONE);
        with("diff", "DIR/init.safetensors", "DIR/back.pt").is(ExitCode.DONE);
        String said = with("convert", "DIR/init.safetensors", "DIR/out", "--format", "{ type = acme, alignment = 64 }")
                .is(ExitCode.DONE)
                .out();
        assertEquals(
                "converted DIR/init.safetensors (safetensors, state_dict) to acme",
                said.lines().findFirst().orElse(""));
        assertEquals(
                List.of("DIR/out/model.acme", "acme, state_dict"),
                with("inspect", "DIR/out/model.acme").out().lines().limit(2).toList());
        with("diff", "DIR/init.safetensors", "DIR/out/model.acme").is(ExitCode.DONE);
        assertEquals(128L, first("out/model.acme"));
        assertEquals(92L, first("x.acme"));
    }

    /** Where the first tensor lies, behind magic letters, a length and so much text. */
    private long first(String file) throws IOException {
        return 8L
                + ByteBuffer.wrap(Files.readAllBytes(folder.resolve(file)))
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .getInt(4);
    }

    @Test
    void convertToldOfAFormatThatNobodyBrings() {
        without("convert", "DIR/init.safetensors", "DIR/x.acme").is(ExitCode.USAGE, """
                graft: the name `x.acme` does not tell the format to write; call the file .gguf, .pt, .pth, .bin, .ckpt or .safetensors,\
                 or give --format
                """);
        without("convert", "DIR/init.safetensors", "DIR/x", "--format", "acme").is(ExitCode.USAGE, """
                graft: --format: no output format has id `acme`; found: gguf (BUILTIN), pytorch (BUILTIN), safetensors (BUILTIN); if a jar brings\
                 it, add that jar to the class path or to the extensions
                """);
        with("convert", "DIR/init.safetensors", "DIR/x", "--format", "acne").is(ExitCode.USAGE, """
                graft: --format: no output format has id `acne`; did you mean `acme`? found: acme (acme.jar), gguf (BUILTIN), pytorch (BUILTIN),\
                 safetensors (BUILTIN)
                """);
        assertFalse(Files.exists(folder.resolve("x")));
    }

    @Test
    void optionsOfAFormatAreCheckedByConvertAsInAConfiguration() {
        with("convert", "DIR/init.safetensors", "DIR/x", "--format", "{ type = acme, alignment = 5000, aligment = 1 }")
                .is(ExitCode.USAGE, """
                graft: --format: must be between 1 and 4096; output format `acme` has no key `aligment`; acme (acme.jar): "what\
                 the place of the first tensor is a multiple of" default 1; keys: alignment; did you mean `alignment`?
                """);
        with("convert", "DIR/init.safetensors", "DIR/x", "--format", "{ alignment = 5000 }")
                .is(ExitCode.USAGE, """
                graft: --format: the format has no `type`, which says which output format it is; add `type`, such as `type =\
                 safetensors`
                """);
    }

    @Test
    void twoFormatsOfOneNameAreToldToConvert() throws IOException {
        withBoth("convert", "DIR/init.safetensors", "DIR/x.acme").is(ExitCode.USAGE, """
                graft: the name `x.acme` may stand for `acme` (acme.jar) and `acme` (other.jar); keep one of the jars
                """);
        withBoth("convert", "DIR/init.safetensors", "DIR/x", "--format", "acme").is(ExitCode.USAGE, """
                graft: --format: `acme` is the name of com.acme.formats.AcmeStateDict (acme.jar) and\
                 com.other.formats.AcmeStateDict (other.jar); name one by its class: type = "com.acme.formats.AcmeStateDict"
                """);
        withBoth("convert", "DIR/init.safetensors", "DIR/x", "--format", "com.other.formats.AcmeStateDict")
                .is(ExitCode.DONE);
    }

    @Test
    void whatAFormatHasNoPlaceForIsToldBeforeAnythingIsWritten() throws IOException {
        configuration("""
                graft.model.checkpoint = "init.safetensors"
                graft.modifiers = [ { type = renaming, rename = [ { from = "decoder.bias", to = "the bias" } ] } ]
                graft.output { path = out, format = acme }
                """);
        String said = """
                1 modifier configured in DIR/x.conf: 1 error. Nothing was applied to the model.

                error[checkpoint-unsupported] DIR/x.conf:3:37 graft.output.format
                   3 | graft.output { path = out, format = acme }
                     |                                     ^^^^ a file of this format has no place for the name `the bias`, which has a space; rename the tensor
                """;
        with("plan", "-c", "DIR/x.conf").is(ExitCode.CHECKPOINT, said);
        with("apply", "-c", "DIR/x.conf").is(ExitCode.CHECKPOINT, said);
        assertFalse(Files.exists(folder.resolve("out")));
    }

    @Test
    void applyOpensItsModelWithItsModifier() throws IOException {
        release("acme-release = \"releases/7\", revision = 2", "");
        with("apply", "-c", "DIR/x.conf").is(ExitCode.DONE);
        assertEquals(
                List.of(0f, 0f),
                Place.floats(folder.resolve("out/model.safetensors")).get("decoder.bias"));
    }

    @Test
    void formatThatAModelCannotBeWrittenInIsToldAtItsLine() throws IOException {
        release("acme-release = \"releases/7\", revision = 2", ", format { type = acme, alignment = 64 }");
        with("plan", "-c", "DIR/x.conf").is(ExitCode.MISFIT, """
                1 modifier configured in DIR/x.conf: 1 error. Nothing was applied to the model.

                error[unsupported-change] DIR/x.conf:3:37 graft.output.format
                   3 | graft.output { path = "out", format { type = acme, alignment = 64 } }
                     |                                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ a `acme-release` model cannot be written as `acme`; it can be written as: safetensors
                """);
        String effective = with("config", "effective", "-c", "DIR/x.conf")
                .is(ExitCode.DONE)
                .out();
        assertTrue(effective.contains("""
                    format {
                      type = "acme"
                      alignment = 64
                    }
                """), effective);
    }

    @Test
    void modelThatNobodyBrings() throws IOException {
        release("acme-release = \"releases/7\"", "");
        without("plan", "-c", "DIR/x.conf").is(ExitCode.USAGE, """
                1 modifier configured in DIR/x.conf: 3 errors. Nothing was applied to the model.

                error[missing-key]   DIR/x.conf:1:13  graft.model
                   1 | graft.model { acme-release = "releases/7" }
                     |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the section `model` needs exactly one of the keys\
                 `block-factory`, `checkpoint`, `torchscript`; add one here

                error[unknown-key]   DIR/x.conf:1:15  graft.model.acme-release
                   1 | graft.model { acme-release = "releases/7" }
                     |               ^^^^^^^^^^^^ the section `model` has no key `acme-release`; if a jar brings it,\
                 add that jar to the class path or to the extensions
                     = keys: arguments, block-factory, buffers, checkpoint, input-shapes, torchscript

                error[unknown-modifier] DIR/x.conf:2:30 graft.modifiers[0].type
                   2 | graft.modifiers = [ { type = resetting, tensors = [decoder] } ]
                     |                              ^^^^^^^^^ no modifier has id `resetting`; if a jar brings it, add\
                 that jar to the class path or to the extensions
                     = found: adapter (BUILTIN), casting (BUILTIN), freezing (BUILTIN), initialize (BUILTIN), lora (BUILTIN), lora-merge (BUILTIN), quantization (BUILTIN), renaming (BUILTIN),\
                 replace-module (BUILTIN), transfer-learning (BUILTIN)
                """);
    }

    @Test
    void modelThatIsMisspelt() throws IOException {
        release("acme-releas = \"releases/7\"", "");
        with("plan", "-c", "DIR/x.conf").is(ExitCode.USAGE, """
                1 modifier configured in DIR/x.conf: 1 error. Nothing was applied to the model.

                error[unknown-key]   DIR/x.conf:1:15  graft.model.acme-releas
                   1 | graft.model { acme-releas = "releases/7" }
                     |               ^^^^^^^^^^^ the section `model` has no key `acme-releas`; did you mean\
                 `acme-release`?
                     = keys: acme-release, arguments, block-factory, buffers, checkpoint, input-shapes, revision,\
                 torchscript
                """);
    }

    @Test
    void optionsAreCheckedAsStrictlyAsThoseOfAModifier() throws IOException {
        release(
                "acme-release = \"releases/7\", revision = 0, revison = 2",
                ", format { type = acme, alignment = 5000, aligment = 1 }");
        with("plan", "-c", "DIR/x.conf").is(ExitCode.USAGE, """
                1 modifier configured in DIR/x.conf: 4 errors. Nothing was applied to the model.

                error[out-of-range]  DIR/x.conf:1:55  graft.model.revision
                   1 | graft.model { acme-release = "releases/7", revision = 0, revison = 2 }
                     |                                                       ^ must be at least 1
                     = acme-release (acme.jar): "which of its files" default 1

                error[unknown-key]   DIR/x.conf:1:58  graft.model.revison
                   1 | graft.model { acme-release = "releases/7", revision = 0, revison = 2 }
                     |                                                          ^^^^^^^ the section `model` has no key\
                 `revison`; did you mean `revision`?
                     = keys: acme-release, revision

                error[unknown-key]   DIR/x.conf:3:70  graft.output.format.aligment
                   3 | graft.output { path = "out", format { type = acme, alignment = 5000, aligment = 1 } }
                     |                                                                      ^^^^^^^^ output format\
                 `acme` has no key `aligment`; did you mean `alignment`?
                     = keys: alignment

                error[out-of-range]  DIR/x.conf:3:64  graft.output.format.alignment
                   3 | graft.output { path = "out", format { type = acme, alignment = 5000, aligment = 1 } }
                     |                                                                ^^^^ must be between 1 and 4096
                     = acme (acme.jar): "what the place of the first tensor is a multiple of" default 1
                """);
    }

    @Test
    void twoJarsThatClaimOneKey() throws IOException {
        release("acme-release = \"releases/7\"", ", format = acme");
        withBoth("plan", "-c", "DIR/x.conf").is(ExitCode.USAGE, """
                1 modifier configured in DIR/x.conf: 3 errors. Nothing was applied to the model.

                error[duplicate-id]  DIR/x.conf:1:15  graft.model.acme-release
                   1 | graft.model { acme-release = "releases/7" }
                     |               ^^^^^^^^^^^^ `acme-release` is the name of com.acme.models.ReleaseOpener\
                 (acme.jar) and com.other.models.ReleaseOpener (other.jar); keep one of them among the extensions

                error[duplicate-id]  DIR/x.conf:2:30  graft.modifiers[0].type
                   2 | graft.modifiers = [ { type = resetting, tensors = [decoder] } ]
                     |                              ^^^^^^^^^ `resetting` is the name of\
                 com.acme.ResettingModelModifier (acme.jar) and com.other.ResettingModelModifier (other.jar); name one\
                 by its class: type = "com.acme.ResettingModelModifier"

                error[duplicate-id]  DIR/x.conf:3:39  graft.output.format
                   3 | graft.output { path = "out", format = acme }
                     |                                       ^^^^ `acme` is the name of com.acme.formats.AcmeStateDict\
                 (acme.jar) and com.other.formats.AcmeStateDict (other.jar); name one by its class: type =\
                 "com.acme.formats.AcmeStateDict"
                """);
    }

    @Test
    void commandRuns() throws IOException {
        assertEquals(
                "4\n", with("count", "DIR/init.safetensors").is(ExitCode.DONE).out());
        without("count", "DIR/init.safetensors").is(ExitCode.USAGE, """
                graft: no command is called `count`; `graft --help` lists all; if a jar brings it, put that jar into extensions/,\
                 or name it with --extensions
                See `graft --help`.
                """);
        with("cuont", "DIR/init.safetensors").is(ExitCode.USAGE, """
                graft: no command is called `cuont`; did you mean `count`?
                See `graft --help`.
                """);
        withBoth("count", "DIR/init.safetensors").is(ExitCode.USAGE, """
                graft: `count` is a command of acme.jar and of other.jar; keep one of them among the extensions
                See `graft --help`.
                """);
    }

    @Test
    void layoutIsReadAndTwoThatClaimOneTensorAreRefused() throws IOException {
        quantized();
        with("convert", "DIR/codes.safetensors", "DIR/plain.safetensors", "--dtype", "F32")
                .is(ExitCode.DONE);
        assertEquals(Map.of("a.weight", List.of(2f, 4f, 1.5f, -2f)), Place.floats(folder.resolve("plain.safetensors")));
        withBoth("convert", "DIR/codes.safetensors", "DIR/twice.safetensors", "--dtype", "F32")
                .is(ExitCode.CHECKPOINT, """
                graft: `a.weight` is claimed by two layouts, `acme` (acme.jar) and `acme` (other.jar), which both take `a.codes`;\
                 take the jar of one of them away
                """);
        assertFalse(Files.exists(folder.resolve("twice.safetensors")));
    }

    @Test
    void jarInTheFolderOfADistributionIsFoundForEachOfThem() throws Exception {
        quantized();
        release("acme-release = \"releases/7\", revision = 2", "");
        Files.createDirectories(folder.resolve("home/extensions"));
        Files.move(folder.resolve("acme.jar"), folder.resolve("home/extensions/acme.jar"));
        installed("convert", "codes.safetensors", "plain.acme", "--dtype", "F32");
        assertEquals("1\n", installed("count", "plain.acme"));
        installed("apply", "-c", "x.conf");
        assertEquals(
                List.of(0f, 0f),
                Place.floats(folder.resolve("out/model.safetensors")).get("decoder.bias"));
    }

    private String installed(String... arguments) throws Exception {
        List<String> line = new ArrayList<>(List.of("-Dio.graft.home=" + folder.resolve("home"), Main.class.getName()));
        line.addAll(List.of(arguments));
        return JavaProcess.run(folder, folder, line).is(ExitCode.DONE).out();
    }

    private void release(String model, String format) throws IOException {
        configuration("""
                graft.model { %s }
                graft.modifiers = [ { type = resetting, tensors = [decoder] } ]
                graft.output { path = "out"%s }
                """.formatted(model, format));
    }

    private void quantized() throws IOException {
        new SafetensorsWriter(folder, "codes", SafetensorsWriter.UNLIMITED, Map.of())
                .write(List.of(
                        new OutputTensor(
                                "a.codes",
                                DType.I8,
                                Shape.of(2, 2),
                                () -> TensorData.of(ByteBuffer.wrap(new byte[] {1, 2, 3, -4}))),
                        new OutputTensor(
                                "a.factor",
                                DType.F32,
                                Shape.of(2, 1),
                                () -> TensorData.of(ByteBuffer.allocate(8)
                                        .order(ByteOrder.LITTLE_ENDIAN)
                                        .putFloat(2)
                                        .putFloat(0.5f)
                                        .flip()))));
    }

    @Test
    void aJarBringsTheListOfItsSteps() throws IOException {
        configuration(
                "include classpath(\"com/acme/migrations.conf\")\ngraft.model.checkpoint = \"init.safetensors\"\n");
        String plan = with("plan", "-c", "DIR/x.conf").is(ExitCode.DONE).out();
        assertTrue(plan.contains("   acme-names: applied\n"), plan);
    }

    /** The migration of the guide, which would undo itself if it ran twice. */
    @Test
    void itsMigrationRunsOnce() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"num_layers\": 3}");
        ModelFixture.empty()
                .with("layers.0.w", Shape.of(1), 0)
                .with("layers.2.w", Shape.of(1), 2)
                .save(folder, "old");
        String guide = Fence.of(Files.readString(Path.of("..", "docs", "extending.md"))).stream()
                .map(Fence::text)
                .filter(text -> text.contains("type = acme-count-from-input"))
                .findFirst()
                .orElseThrow();
        configuration(guide);
        with("apply", "-c", "DIR/x.conf").is(ExitCode.DONE);
        Map<String, TensorEntry> out = Checkpoint.open(folder.resolve("out")).tensors();
        assertEquals(Set.of("layers.2.w", "layers.0.w"), out.keySet());
        assertEquals(
                0f,
                out.get("layers.2.w")
                        .data()
                        .window(0, 4)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .getFloat());
        configuration(guide.replace("old.safetensors", "out").replace("path = out", "path = again"));
        String plan = with("plan", "-c", "DIR/x.conf").is(ExitCode.DONE).out();
        assertTrue(plan.contains("   2026-02-count-from-input: recorded\n"), plan);
        without("plan", "-c", "DIR/x.conf").is(ExitCode.USAGE, """
                0 modifiers configured in DIR/x.conf: 1 error. Nothing was applied to the model.

                error[unknown-migration] DIR/x.conf:4:62 graft.migrations.steps[0].type
                   4 |     { id = "2026-02-count-from-input", until = "2.0", type = acme-count-from-input }
                     |                                                              ^^^^^^^^^^^^^^^^^^^^^ no migration has id\
                 `acme-count-from-input`; if a jar brings it, add that jar to the class path or to the extensions
                     = found: FOUND
                """.replace(
                "FOUND", "flatten (BUILTIN), insert-segment (BUILTIN), reorder-rows (BUILTIN), rules (BUILTIN)"));
    }
}
