package io.graft.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.graft.ModelOpener;
import io.graft.apply.checkpoint.CheckpointModelOpener;
import io.graft.apply.output.OutputFolder;
import io.graft.apply.output.OutputSection;
import io.graft.apply.output.SafetensorsStateDict;
import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigFile;
import io.graft.config.reading.ConfigOverrides;
import io.graft.djl.BlockModelOpener;
import io.graft.problem.Problem;
import io.graft.problem.SourceRef;
import io.graft.registry.BoundModifier;
import io.graft.registry.BoundPlug;
import io.graft.registry.PlugRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraftFileBinderTest {
    private static final String MODEL = "graft.model.checkpoint = model.safetensors\n";

    @TempDir
    Path root;

    private Path folder;
    private PlugRegistry registry;

    @BeforeEach
    void discover() throws IOException {
        folder = Files.createDirectory(root.resolve("project")).toRealPath();
        registry = PlugRegistry.discover(TestModifiers.extension(root.resolve("extension")));
    }

    @Test
    void wholeFile() throws IOException {
        GraftFile file = ok("""
                graft {
                  model { checkpoint = "models/model.safetensors" }
                  modifiers = [ { type = fail }, { type = freeze, modules = [encoder] } ]
                  output { path = out, format = safetensors, max-shard-size = 2MiB, overwrite = true
                    digest = none, sync = false }
                }
                """);
        BoundPlug<ModelOpener> model = file.model().orElseThrow();
        assertEquals("checkpoint", model.id());
        assertEquals(Map.of("checkpoint", "models/model.safetensors"), model.options());
        assertInstanceOf(CheckpointModelOpener.class, model.made());
        assertEquals(
                List.of("fail", "freeze"),
                file.modifiers().stream().map(BoundModifier::id).toList());
        assertEquals(
                List.of(0, 1),
                file.modifiers().stream().map(BoundModifier::index).toList());
        OutputSection output = file.output().orElseThrow();
        assertEquals(new OutputFolder(folder.resolve("out"), true), output.folder());
        assertEquals("safetensors", output.format().id());
        assertInstanceOf(SafetensorsStateDict.class, output.writer());
        assertEquals(2 << 20, output.maxShardSize());
        assertEquals(new WriteOptions(false, false, Part.WHOLE), output.options());
    }

    @Test
    void outputHasDefaults() throws IOException {
        OutputSection output = ok(MODEL + "graft.modifiers = []\ngraft.output.path = out")
                .output()
                .orElseThrow();
        assertEquals(new OutputFolder(folder.resolve("out"), false), output.folder());
        assertEquals("safetensors", output.format().id());
        assertEquals(5_000_000_000L, output.maxShardSize());
        assertEquals(WriteOptions.DEFAULT, output.options());
    }

    @Test
    void snakeCaseIsTheSame() throws IOException {
        GraftFile file = ok("""
                graft.model { block_factory = com.acme.Net, input_shapes = [[1, 4]] }
                graft.modifiers = []
                graft.output { path = out, max_shard_size = 1kB }
                """);
        assertEquals(1000, file.output().orElseThrow().maxShardSize());
        assertEquals("block-factory", file.model().orElseThrow().id());
    }

    @Test
    void nativeBlock() throws IOException {
        GraftFile file = ok("""
                graft.model {
                  block-factory = "com.acme.Net"
                  arguments { classes = 10, layers = [3, 4], name = net }
                  input-shapes = [[1, 3, 224, 224], [1]]
                }
                graft.modifiers = []
                """);
        BoundPlug<ModelOpener> block = file.model().orElseThrow();
        assertInstanceOf(BlockModelOpener.class, block.made());
        assertEquals(
                Map.of(
                        "block-factory",
                        "com.acme.Net",
                        "arguments",
                        Map.of("classes", 10, "layers", List.of(3, 4), "name", "net"),
                        "input-shapes",
                        List.of(List.of(1, 3, 224, 224), List.of(1))),
                block.options());
    }

    @Test
    void modifiersMayStandWhereTheReferenceSystemHasThem() throws IOException {
        for (String key : List.of("training.model-modifier", "training.model_modifier")) {
            GraftFile file = ok(MODEL + key + ".modifiers = [ { type = fail } ]\ntraining.lr = 0.1");
            assertEquals(1, file.modifiers().size(), key);
            assertEquals(key + ".modifiers[0]", file.modifiers().get(0).cursor().path());
        }
    }

    @Test
    void modifiersInTwoPlacesAreAnErrorThatNamesBoth() throws IOException {
        List<Problem> problems = failed(MODEL
                + "graft.modifiers = [ { type = fail } ]\n\ntraining.model_modifier.modifiers = [ { type = fail } ]");
        assertEquals(
                List.of("modifiers-in-two-places training.model_modifier.modifiers at 4: modifiers are listed in"
                        + " `graft.modifiers` and in `training.model_modifier.modifiers`; list them in one"
                        + " of the two places"),
                texts(problems));
        assertEquals(
                List.of("`graft.modifiers` is at " + folder.resolve("graft.conf") + ":2"),
                problems.get(0).notes());
    }

    @Test
    void problemsOfAllSectionsAreToldTogether() throws IOException {
        List<Problem> problems = failed("""
                graft {
                  model { checkpoint = a.safetensors, torchscript = b.pt }
                  modifiers = [ { type = freeze }, { type = nothing } ]
                  output { format = npz }
                  ouptut { path = out }
                }
                """);
        List<String> found = problems.stream()
                .map(problem -> problem.code().id() + " " + problem.path())
                .sorted()
                .toList();
        assertEquals(
                List.of(
                        "exclusive graft.model.torchscript",
                        "missing-key graft.modifiers[0].modules",
                        "missing-key graft.output.path",
                        "unknown-key graft.ouptut",
                        "unknown-modifier graft.modifiers[1].type",
                        "unknown-output-format graft.output.format"),
                found);
    }

    @Test
    void unknownKeysAreErrorsWithTheNearestOne() throws IOException {
        assertEquals(
                List.of("unknown-key graft.modifers at 2: the section `graft` has no key `modifers`; did you mean"
                        + " `modifiers`?"),
                texts(failed(MODEL + "graft.modifers = []")));
    }

    @Test
    void formatsAreToldByTheirIds() throws IOException {
        String rest = MODEL + "graft.modifiers = [ { type = fail } ]\ngraft.output.path = out\n";
        assertEquals(
                "pytorch",
                ok(rest + "graft.output.format = pytorch")
                        .output()
                        .orElseThrow()
                        .format()
                        .id());
        assertEquals(
                List.of(
                        "unknown-output-format graft.output.format at 4: no output format has id `safetensor`; did you mean"
                                + " `safetensors`?; "),
                texts(failed(rest + "graft.output.format = safetensor")));
        assertEquals(
                List.of(
                        "unknown-output-format graft.output.format at 4: no output format has id `npz`; if a jar brings it,"
                                + " add that jar to the class path or to the extensions"),
                texts(failed(rest + "graft.output.format = npz")));
        assertEquals(
                List.of("exclusive graft.output.max-shard-size at 4: `max-shard-size` has no effect with `format ="
                        + " pytorch`, which is written as one file; remove it, or write another format"),
                texts(failed(rest + "graft.output { format = pytorch, max-shard-size = 1GB }")));
    }

    @Test
    void argumentsOfNothingAreAnError() throws IOException {
        assertEquals(
                List.of(
                        "exclusive graft.model.arguments at 2: `arguments` has no effect without `block-factory`;"
                                + " remove it",
                        "exclusive graft.model.input-shapes at 3: `input-shapes` has no effect without"
                                + " `block-factory`; remove it"),
                texts(failed(MODEL
                        + "graft.model.arguments { a = 1 }\ngraft.model.input-shapes ="
                        + " [[1]]\ngraft.modifiers = [ { type = fail } ]")));
    }

    @Test
    void argumentsMustBeAnObject() throws IOException {
        assertEquals(
                List.of("wrong-type graft.model.arguments at 1: expected an object, found the number 3; "),
                texts(failed(
                        "graft.model { block-factory = a.B, arguments = 3 }\ngraft.modifiers = [ { type = fail } ]")));
    }

    @Test
    void dimensionsBelowOneAreRefused() throws IOException {
        assertEquals(
                List.of("out-of-range graft.model.input-shapes[1] at 1: the shape [1, -3] has a dimension below 1;"
                        + " give sizes of"
                        + " a real input, with the batch dimension: [[1, 3, 224, 224]]"),
                texts(failed("graft.model { block-factory = a.B, input-shapes = [[1], [1, -3]]"
                        + " }\ngraft.modifiers = [ { type = fail } ]")));
    }

    @Test
    void modifiersMustBeAList() throws IOException {
        assertEquals(
                List.of("wrong-type graft.modifiers at 2: `modifiers` must be a list; write modifiers = [ { type ="
                        + " ... } ], one"
                        + " entry for each modifier, in the order of the run"),
                texts(failed(MODEL + "graft.modifiers { type = freeze }")));
    }

    @Test
    void emptyListIsAWarning() throws IOException {
        Bound<GraftFile> bound = bind(MODEL + "graft.modifiers = []", Demand.of(Demand.Model.NAMED));
        assertEquals(
                List.of("empty graft.modifiers at 2: no modifiers are listed, so nothing is changed; list at least"
                        + " one modifier"),
                texts(bound.problems()));
        assertInstanceOf(Bound.Ok.class, bound);
    }

    @Test
    void whatARunNeedsMustBeThere() throws IOException {
        assertEquals(
                List.of("missing-key graft at 1: the configuration has no section `graft`; write graft { model {"
                        + " ... }, modifiers"
                        + " = [ ... ], output { ... } }"),
                texts(bind("training.model-modifier.modifiers = [ { type = fail } ]", Demand.of(Demand.Model.NAMED))
                        .problems()));
        assertEquals(
                List.of("missing-key graft at 1: the configuration has no section `graft`; rename `graf` to `graft`"),
                texts(bind("graf.model.checkpoint = a.pt", Demand.of(Demand.Model.NAMED))
                        .problems()));
        assertEquals(
                List.of("missing-key"),
                codes(bind("graft.modifiers = [ { type = fail } ]", Demand.of(Demand.Model.NAMED))));
        assertEquals(List.of("missing-key"), codes(bind(MODEL, Demand.of(Demand.Model.NAMED))));
        assertEquals(
                List.of("missing-key"),
                codes(bind(
                        MODEL + "graft.modifiers = [ { type = fail } ]",
                        Demand.of(Demand.Model.NAMED).writing().withOutput())));
        assertEquals(
                List.of(),
                codes(bind(
                        "graft.modifiers = [ { type = fail } ]",
                        Demand.of(Demand.Model.GIVEN).writing())));
        assertEquals(
                List.of(),
                codes(bind(
                        "training.model-modifier.modifiers = [ { type = fail } ]",
                        Demand.of(Demand.Model.GIVEN).writing())));
    }

    private GraftFile ok(String text) throws IOException {
        if (bind(text, Demand.of(Demand.Model.NAMED)) instanceof Bound.Ok<GraftFile> ok) {
            return ok.value();
        }
        throw new AssertionError(texts(bind(text, Demand.of(Demand.Model.NAMED)).problems()));
    }

    private List<Problem> failed(String text) throws IOException {
        Bound<GraftFile> bound = bind(text, Demand.of(Demand.Model.NAMED));
        assertInstanceOf(Bound.Failed.class, bound);
        return bound.problems();
    }

    private Bound<GraftFile> bind(String text, Demand demand) throws IOException {
        Path file = Files.writeString(folder.resolve("graft.conf"), text);
        Bound<ConfigFile> read = ConfigFile.read(file, ConfigOverrides.none());
        if (read instanceof Bound.Ok<ConfigFile> ok) {
            return new GraftFileBinder(registry::bind, registry, demand)
                    .bind(ok.value().root());
        }
        throw new AssertionError("not readable: " + read.problems());
    }

    private static List<String> codes(Bound<GraftFile> bound) {
        return bound.problems().stream().map(problem -> problem.code().id()).toList();
    }

    private static List<String> texts(List<Problem> problems) {
        return problems.stream()
                .map(problem -> problem.code().id() + " " + problem.path() + " at "
                        + problem.at().map(SourceRef::line).orElse(0) + ": " + problem.message() + "; "
                        + problem.help())
                .sorted()
                .toList();
    }
}
