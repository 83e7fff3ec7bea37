package io.graft.cli.extension;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.Plan;
import io.graft.apply.ModelModifierApplier;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.cli.Outcome;
import io.graft.cli.Place;
import io.graft.cli.output.ExitCode;
import io.graft.cli.page.Fence;
import io.graft.extension.LoadedExtensions;
import io.graft.registry.PlugKind;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an extension can bring besides modifiers. */
class ExtensionKindsTest {
    private static final String FORMAT = """
            package com.acme;

            import io.graft.checkpoint.*;
            import io.graft.tensor.*;
            import java.nio.ByteBuffer;
            import java.nio.ByteOrder;
            import java.nio.charset.StandardCharsets;
            import java.nio.file.Path;
            import java.util.List;
            import java.util.Map;

            public final class AcmeFormat implements CheckpointFormat {
                @Override public String id() { return "acme"; }

                @Override public boolean readsPickle() { return false; }

                @Override public boolean recognizes(Path file, ByteBuffer head) {
                    return StandardCharsets.US_ASCII.decode(head).toString().startsWith("ACME");
                }

                @Override public Checkpoint open(Path file) {
                    ByteBuffer values = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
                    values.putFloat(1).putFloat(2).flip();
                    TensorEntry bias = new TensorEntry("decoder.bias", DType.F32, Shape.of(2),
                            new ByteRange(file, 0, 4), TensorData.of(values));
                    return new Checkpoint(file, id(), "state_dict", Map.of(bias.name(), bias), Map.of(), List.of());
                }
            }
            """;
    /** As the clients of object stores do, it finds what it needs with the context class loader, when it is read. */
    private static final String SOURCE = """
            package com.acme;

            import io.graft.checkpoint.source.*;
            import java.io.*;
            import java.util.*;

            public final class AcmeSource implements CheckpointSource {
                @Override public List<String> schemes() { return List.of("acme"); }

                @Override public void check(CheckpointRef ref) { own("store"); }

                @Override public LocatedCheckpoint locate(CheckpointRef ref) throws IOException {
                    String name = ref.uri().substring("acme:".length());
                    if (name.equals("config.json")) {
                        throw TransferException.lasting(
                                io.graft.checkpoint.CheckpointException.Reason.NOT_FOUND, "there is none", "");
                    }
                    own(name);
                    return new RemoteFile() {
                        @Override public String name() { return name; }
                        @Override public String sibling(String other) { return "acme:" + other; }
                        @Override public void close() { own(name); }
                        @Override public RemoteContent open(ContentRequest request) {
                            return new RemoteContent.Body(
                                    new Opened(name), 0, OptionalLong.empty(), Version.UNKNOWN, "");
                        }
                    };
                }

                static InputStream own(String name) {
                    ClassLoader context = Thread.currentThread().getContextClassLoader();
                    if (context != AcmeSource.class.getClassLoader()) {
                        throw new IllegalStateException("used with " + context);
                    }
                    return Objects.requireNonNull(context.getResourceAsStream("store/" + name), name);
                }

                private static final class Opened extends InputStream {
                    private final String name;
                    private InputStream bytes;

                    Opened(String name) { this.name = name; }

                    @Override public int read() throws IOException {
                        byte[] one = new byte[1];
                        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
                    }

                    @Override public int read(byte[] into, int offset, int length) throws IOException {
                        bytes = bytes == null ? own(name) : bytes;
                        return bytes.read(into, offset, length);
                    }
                }
            }
            """;

    private static final String FETCHING = """
            package com.other;

            import io.graft.*;
            import io.graft.checkpoint.Checkpoint;
            import io.graft.checkpoint.source.*;
            import io.graft.model.ModelDraft;

            /** Freezes what a checkpoint holds. */
            @Modifier("freezing-held")
            public final class FreezingHeldModelModifier implements ModelModifier {
                private final FreezingHeldOptions options;

                public FreezingHeldModelModifier(FreezingHeldOptions options) {
                    this.options = options;
                }

                @Override
                public void apply(ModelDraft model, ModifierContext context) {
                    CheckpointFetcher fetcher = CheckpointFetcher.create();
                    CheckpointRef ref = options.checkpointPath();
                    fetcher.open(ref, fetcher.fetch(ref)).tensors().keySet().forEach(model::freeze);
                }
            }
            """;
    private static final String FETCHING_OPTIONS = """
            package com.other;

            import io.graft.checkpoint.source.CheckpointRef;

            /**
             * Options.
             *
             * @param checkpointPath what holds the names
             */
            public record FreezingHeldOptions(CheckpointRef checkpointPath) {}
            """;
    private static final String FACTORY = """
            package com.acme;

            import ai.djl.Model;
            import ai.djl.nn.*;
            import ai.djl.nn.core.Linear;
            import java.nio.file.Path;
            import java.util.Map;

            public final class Net implements BlockFactory {
                private static final long serialVersionUID = 1L;

                @Override public Block newBlock(Model model, Path folder, Map<String, ?> arguments) {
                    return Linear.builder().setUnits(UNITS).build();
                }
            }
            """;

    @TempDir
    Path folder;

    @Test
    void aFormatOfAnExtensionOpensItsFiles() throws IOException {
        format();
        Files.writeString(folder.resolve("x.acme"), "ACME");
        Place place = new Place(folder)
                .with("m43/init.safetensors")
                .config("init.safetensors", "{ type = transfer-learning, checkpoint-path = x.acme }");

        String shown = place.graft("inspect", "DIR/x.acme", "--extensions", "DIR/format.jar")
                .is(ExitCode.DONE)
                .out();
        place.graft("apply", "-c", "DIR/x.conf", "--extensions", "DIR/format.jar")
                .is(ExitCode.DONE);

        assertEquals(
                List.of("DIR/x.acme", "acme, state_dict"),
                shown.lines().limit(2).toList());
        assertEquals(
                List.of(1f, 2f),
                Place.floats(place.path("out/model.safetensors")).get("decoder.bias"));
        place.graft("plan", "-c", "DIR/x.conf").is(ExitCode.CHECKPOINT, """
                        1 modifier configured in DIR/x.conf: 1 error. Nothing was applied to the model.

                        error[checkpoint-unrecognised] DIR/x.conf:4:5 graft.modifiers[0]
                           4 |     { type = transfer-learning, checkpoint-path = x.acme }
                             |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `x.acme`: not a checkpoint that Graft knows: it begins with the bytes 41 43 4d 45; give a file of one of the formats: gguf, numpy, djl-params, pytorch, safetensors
                             = modifier 1 of 1, `transfer-learning` (BUILTIN)
                        """);
    }

    @Test
    void aSourceOfAnExtensionIsReadWithItsClassLoader() throws IOException {
        source();
        Place place = new Place(folder)
                .config(
                        "acme:init.safetensors",
                        "{ type = transfer-learning, checkpoint-path { uri = \"acme:full7.pt\", allow-pickle = true } }");

        place.graft("config", "check", "-c", "DIR/x.conf", "--extensions", "DIR/source.jar")
                .is(ExitCode.DONE);
        place.graft("apply", "-c", "DIR/x.conf", "--extensions", "DIR/source.jar")
                .is(ExitCode.DONE, """
                warning[checkpoint-warning]
                     = what lies beside the model, such as its tokenizer, was not fetched and does not go along; copy it
                """);
        String shown = place.graft("inspect", "acme:full7.pt", "--allow-pickle", "--extensions", "DIR/source.jar")
                .is(ExitCode.DONE)
                .out();

        assertEquals(Place.floats(Place.fixture("m43/full7.pt")), Place.floats(place.path("out/model.safetensors")));
        assertEquals("acme:full7.pt", shown.lines().findFirst().orElse(""));
    }

    @Test
    void aSourceOfAnExtensionServesALibrary() throws IOException {
        source();
        Place place = new Place(folder).config("acme:init.safetensors");
        try (LoadedExtensions extensions = LoadedExtensions.load(List.of(folder.resolve("source.jar")))) {
            Plan plan = ModelModifierApplier.create(extensions)
                    .configuration(place.path("x.conf"))
                    .plan();

            assertEquals("acme:init.safetensors", plan.model().uri());
            assertEquals(4, plan.tensors().size());
        }
    }

    @Test
    void anExtensionUsesTheSourceAndTheFormatOfOthers() throws IOException {
        source();
        format();
        ExtensionJar.build(
                folder.resolve("modifier.jar"),
                name -> true,
                Map.of(
                        "com/other/FreezingHeldModelModifier.java", FETCHING,
                        "com/other/FreezingHeldOptions.java", FETCHING_OPTIONS));
        Place place = new Place(folder)
                .with("m43/init.safetensors")
                .config("init.safetensors", "{ type = freezing-held, checkpoint-path = \"acme:x.acme\" }");

        String plan = place.graft(
                        "plan",
                        "-c",
                        "DIR/x.conf",
                        "--extensions",
                        "DIR/modifier.jar",
                        "--extensions",
                        "DIR/source.jar",
                        "--extensions",
                        "DIR/format.jar")
                .is(ExitCode.DONE)
                .out();

        assertEquals("""
                plan for checkpoint init.safetensors

                1. freezing-held  (modifier.jar)
                   ~ 1 frozen
                       decoder.bias

                4 tensors, 92 bytes
                trainable params: 21 || all params: 23 || trainable%: 91.3043
                """, plan);
    }

    @Test
    void theDoctorSaysWhatAnExtensionBrings() throws IOException {
        source();
        format();
        layout();
        net("net.jar", 2);
        Path classes = Files.createDirectories(folder.resolve("broken-classes"));
        pack(classes, "io.graft.checkpoint.source.CheckpointSource", "com.acme.Gone", "broken.jar");

        String doctor = new Place(folder)
                .environment("XDG_CACHE_HOME", "DIR/caches")
                .graft(
                        "doctor",
                        "--extensions",
                        "DIR/source.jar",
                        "--extensions",
                        "DIR/format.jar",
                        "--extensions",
                        "DIR/layout.jar",
                        "--extensions",
                        "DIR/net.jar",
                        "--extensions",
                        "DIR/broken.jar")
                .is(ExitCode.FAILED)
                .out();

        assertEquals("""
                ok extension DIR/source.jar: source of acme:
                ok extension DIR/format.jar: format acme
                ok extension DIR/layout.jar: layout acme
                ok extension DIR/net.jar: no usable services
                ok extension DIR/broken.jar: no usable services
                WRONG extension `com.acme.Gone` of broken.jar lists com.acme.Gone, which is not in it
                 -> rebuild the jar; its services file is older than its classes
                """, doctor.substring(doctor.indexOf("ok     extension")).replaceAll(" {2,}", " "));
    }

    @Test
    void theDoctorKnowsDialectsTablesAndServicesOfOthers() throws IOException {
        Path classes = Files.createDirectories(folder.resolve("dialect-classes"));
        Javac.compile(classes, Map.of("com/acme/AcmeDialect.java", """
                package com.acme;

                import io.graft.Artifact;
                import io.graft.lora.dialect.*;
                import java.util.List;

                public class AcmeDialect implements AdapterDialect {
                    @Override public String id() { return "acme"; }
                    @Override public boolean recognises(AdapterSource source) { return false; }
                    @Override public List<Adapter> read(AdapterSource source) { return List.of(); }
                    @Override public List<Artifact> write(List<Adapter> all, AdapterTarget to) { return List.of(); }
                }
                """));
        pack(classes, "io.graft.lora.dialect.AdapterDialect", "com.acme.AcmeDialect", "dialect.jar");
        Path others = Files.createDirectories(folder.resolve("other-classes/META-INF/graft/names"));
        Files.writeString(others.resolve("index"), "acme-1\n");
        pack(folder.resolve("other-classes"), "java.nio.file.spi.FileTypeDetector", "com.acme.Other", "others.jar");

        String doctor = new Place(folder)
                .environment("XDG_CACHE_HOME", "DIR/caches")
                .graft("doctor", "--extensions", "DIR/dialect.jar", "--extensions", "DIR/others.jar")
                .is(ExitCode.DONE)
                .out();

        assertEquals("""
                ok extension DIR/dialect.jar: dialect acme
                ok extension DIR/others.jar: table of names acme-1, service java.nio.file.spi.FileTypeDetector
                """, doctor.replaceAll(" {2,}", " ").replaceFirst("(?s).*?(?=ok extension)", ""));
    }

    /** What is asked for by its kind is told by its id, and by that alone. */
    @Test
    void theDoctorTellsOfNoKindASecondTime() throws IOException {
        List<String> told = new ArrayList<>();
        for (PlugKind<?> kind : PlugKind.ALL) {
            String jar = kind.word().replace(' ', '-') + ".jar";
            pack(
                    Files.createDirectories(folder.resolve("no-classes")),
                    kind.service().getName(),
                    "com.acme.Gone",
                    jar);
            told.add(new Place(folder)
                    .environment("XDG_CACHE_HOME", "DIR/caches")
                    .graft("doctor", "--extensions", "DIR/" + jar)
                    .out()
                    .lines()
                    .filter(line -> line.matches("ok +extension .*"))
                    .findFirst()
                    .orElseThrow()
                    .replaceAll(" {2,}", " "));
        }
        assertEquals(
                List.of(
                        "ok extension DIR/modifier.jar: no usable services",
                        "ok extension DIR/model-target.jar: no usable services",
                        "ok extension DIR/output-format.jar: no usable services",
                        "ok extension DIR/section.jar: no usable services",
                        "ok extension DIR/migration.jar: no usable services"),
                told);
    }

    private void format() throws IOException {
        Path classes = Files.createDirectories(folder.resolve("format-classes"));
        Javac.compile(classes, Map.of("com/acme/AcmeFormat.java", FORMAT));
        pack(classes, "io.graft.checkpoint.CheckpointFormat", "com.acme.AcmeFormat", "format.jar");
    }

    /** A layout, as the guide for authors has it. */
    private void layout() throws IOException {
        String source = Fence.of(Files.readString(Path.of("..", "docs", "extending.md"))).stream()
                .map(Fence::text)
                .filter(text -> text.contains("class AcmeLayout"))
                .findFirst()
                .orElseThrow();
        Path classes = Files.createDirectories(folder.resolve("layout-classes"));
        Javac.compile(classes, Map.of("com/acme/layouts/AcmeLayout.java", source));
        pack(classes, "io.graft.checkpoint.layout.CheckpointLayout", "com.acme.layouts.AcmeLayout", "layout.jar");
    }

    /** A dialect, as the guide for authors has it. */
    @Test
    void aDialectOfAnExtensionIsReadAndWrittenAsOthersAre() throws IOException {
        String source = Fence.of(Files.readString(Path.of("..", "docs", "extending.md"))).stream()
                .map(Fence::text)
                .filter(text -> text.contains("class AcmeDialect"))
                .findFirst()
                .orElseThrow();
        Path classes = Files.createDirectories(folder.resolve("dialect-classes"));
        Javac.compile(classes, Map.of("com/acme/adapters/AcmeDialect.java", source));
        pack(classes, "io.graft.lora.dialect.AdapterDialect", "com.acme.adapters.AcmeDialect", "dialect.jar");
        Place place = new Place(folder)
                .with("peft/lora", "peft/base.safetensors")
                .config("base.safetensors", "{ type = lora-merge, adapter-path = acme }");
        String[] convert = {"lora", "convert", "DIR/lora", "DIR/acme", "--to", "acme", "--extensions", "DIR/dialect.jar"
        };
        String refused = place.graft(convert).err();
        assertTrue(refused.contains("holds what `acme` cannot say: a scale of 2.0 (`"), refused);
        Path config = place.path("lora/adapter_config.json");
        Files.writeString(config, Files.readString(config).replace("\"lora_alpha\": 8", "\"lora_alpha\": 4"));
        place.graft(convert).is(ExitCode.DONE);
        place.graft("lora", "convert", "DIR/acme", "DIR/back", "--to", "peft", "--extensions", "DIR/dialect.jar")
                .is(ExitCode.DONE);
        assertEquals(
                Place.tensors(place.path("lora/adapter_model.safetensors")),
                Place.tensors(place.path("back/adapter_model.safetensors")));
        place.graft("apply", "-c", "DIR/x.conf", "-o", "DIR/merged", "--extensions", "DIR/dialect.jar")
                .is(ExitCode.DONE);
        place.config("base.safetensors", "{ type = lora-merge, adapter-path = back }");
        place.graft("apply", "-c", "DIR/x.conf", "-o", "DIR/again").is(ExitCode.DONE);
        assertEquals(
                Place.tensors(place.path("merged/model.safetensors")),
                Place.tensors(place.path("again/model.safetensors")));
    }

    @Test
    void aLayoutOfAnExtensionIsReadByEveryCommand() throws IOException {
        layout();
        new SafetensorsWriter(folder, "model", SafetensorsWriter.UNLIMITED, Map.of())
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
        Place place = new Place(folder);
        String shown = place.graft("inspect", "DIR/model.safetensors", "--extensions", "DIR/layout.jar")
                .is(ExitCode.DONE)
                .out();
        assertTrue(
                shown.contains(
                        "  quantized: 1 weight as rows of bytes: 4 elements in 12 bytes; a.weight is BF16 [2, 2]\n"),
                shown);
        place.graft(
                        "convert",
                        "DIR/model.safetensors",
                        "DIR/plain.safetensors",
                        "--dtype",
                        "F32",
                        "--extensions",
                        "DIR/layout.jar")
                .is(ExitCode.DONE);
        assertEquals(Map.of("a.weight", List.of(2f, 4f, 1.5f, -2f)), Place.floats(place.path("plain.safetensors")));
        place.graft("inspect", "DIR/model.safetensors").is(ExitCode.DONE);
    }

    /** A source that has the checkpoints in its jar. */
    private void source() throws IOException {
        Path classes = Files.createDirectories(folder.resolve("source-classes"));
        Javac.compile(classes, Map.of("com/acme/AcmeSource.java", SOURCE));
        Path store = Files.createDirectories(classes.resolve("store"));
        for (String name : List.of("init.safetensors", "full7.pt")) {
            Files.copy(Place.fixture("m43/" + name), store.resolve(name));
        }
        Files.writeString(store.resolve("x.acme"), "ACME");
        Files.writeString(store.resolve("store"), "");
        pack(classes, "io.graft.checkpoint.source.CheckpointSource", "com.acme.AcmeSource", "source.jar");
    }

    private void pack(Path classes, String service, String provider, String jar) throws IOException {
        Path services = Files.createDirectories(classes.resolve("META-INF/services"));
        Files.writeString(services.resolve(service), provider + "\n");
        ExtensionJar.pack(classes, folder.resolve(jar), name -> true);
    }

    @Test
    void aBlockOfAnExtensionIsMade() throws IOException {
        net("net.jar", 2);
        Outcome plan = blockPlace()
                .graft("plan", "-c", "DIR/block.conf", "--extensions", "DIR/net.jar")
                .is(ExitCode.DONE);

        assertEquals(
                "plan for block ai.djl.nn.core.Linear",
                plan.out().lines().findFirst().orElse(""));
    }

    @Test
    void aBlockOfTwoExtensionsIsAmbiguous() throws IOException {
        net("net-1.jar", 2);
        net("net-2.jar", 3);
        blockPlace()
                .graft("plan", "-c", "DIR/block.conf", "--extensions", "DIR/net-1.jar", "--extensions", "DIR/net-2.jar")
                .is(ExitCode.USAGE, """
                        1 modifier configured in DIR/block.conf: 1 error. Nothing was applied to the model.

                        error[malformed-value] DIR/block.conf:1:31 graft.model.block-factory
                           1 | graft.model { block-factory = "com.acme.Net", input-shapes = [[1, 4]] }
                             |                               ^^^^^^^^^^^^^^ `com.acme.Net` is in net-1.jar and in net-2.jar; keep one of them among the extensions
                        """);
    }

    private void net(String jar, int units) throws IOException {
        Path classes = Files.createDirectories(folder.resolve(jar + "-classes"));
        Javac.compile(classes, Map.of("com/acme/Net.java", FACTORY.replace("UNITS", Integer.toString(units))));
        ExtensionJar.pack(classes, folder.resolve(jar), name -> true);
    }

    private Place blockPlace() {
        return new Place(folder).file("block.conf", """
                graft.model { block-factory = "com.acme.Net", input-shapes = [[1, 4]] }
                graft.modifiers = [ { type = freezing, submodules-to-freeze = ["weight"] } ]
                """);
    }
}
