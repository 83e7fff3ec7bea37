package io.graft.cli.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import io.graft.cli.Main;
import io.graft.cli.Outcome;
import io.graft.cli.Place;
import io.graft.cli.extension.ExtensionJar;
import io.graft.cli.output.ExitCode;
import io.graft.cli.page.Fence;
import io.graft.problem.Spelling;
import io.graft.registry.PlugRegistry;
import io.graft.registry.RegisteredPlug;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The schema of a whole file, which says of one what {@code graft config check} says. */
class ConfigSchemaTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final SchemaRegistry DIALECT = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private static final String FILE = """
            graft {
              model { checkpoint = m.safetensors }
              modifiers = [
                { type = freezing, submodules-to-freeze = [encoder] }
                { _target_ = anemoi.training.train.modify.TransferLearningModelModifier, checkpoint_path = p.ckpt,
                  rename = [{ from = a, to = b }] }
              ]
              output { path = out, max_shard_size = 1.5 GiB, format = safetensors, overwrite = true, digest = none
                sync = false, x-note = ours }
              x-note = { any = thing }
            }
            application.port = 80
            """;

    @TempDir
    Path folder;

    private Place place;

    @BeforeEach
    void aPlace() {
        place = new Place(folder);
    }

    @Test
    void itIsASchema() {
        Schema dialect = DIALECT.getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
        assertEquals("[]", dialect.validate(text(), InputFormat.JSON).toString());
    }

    /** {@code a -> b} stands for the file with one thing in another's place. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                " -> ",
                "checkpoint = m.safetensors -> checkpoint { uri = \"https://a.example/m.pt\", max_size = 1GB }",
                "checkpoint = m.safetensors -> block_factory = com.acme.Net, input_shapes = [[1, 4]], arguments { a = 1 }",
                "checkpoint = m.safetensors -> block-factory = com.acme.Net",
                "checkpoint = m.safetensors -> checkpoint = m.safetensors, buffers = [\"**.mean\", 1]",
                "checkpoint = m.safetensors -> torchscript = m.pt",
                "model { checkpoint = m.safetensors } -> ",
                "1.5 GiB -> 5GB",
                "application.port = 80 -> training.epochs = 3",
                "modifiers = [ -> x-modifiers = [], modifiers = [",
                "submodules-to-freeze -> submodules_to_freeze",
                "output { -> migrations { version = 2.0, version-from = v, steps = [{ id = a, until = 2, unless = [b] }] }, output {",
                "output { -> migrations.steps = [{ id = a, type = rules, rules = [{ from = a, to = b }] }], output {",
                "modifiers = [ -> migrations.steps = [], x-modifiers = [",
                "output { -> migrations.keys = [{ from = a, to = b }, { from = c, removed = d }], output {"
            })
    void bothAccept(String replacement) {
        assertAgreed(true, with(replacement));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "modifiers = [ -> modifers = [",
                "modifiers = [ -> modifiers = 1, x-modifiers = [",
                "model { checkpoint = m.safetensors } -> model {}",
                "model { checkpoint = m.safetensors } -> model = m.safetensors",
                "checkpoint = m.safetensors -> checkpoint = m.pt, block-factory = com.acme.Net",
                "checkpoint = m.safetensors -> torchscript = m.pt, buffers = [a]",
                "checkpoint = m.safetensors -> checkpoint = m.pt, arguments { a = 1 }",
                "checkpoint = m.safetensors -> checkpoint = m.pt, input_shapes = [[1]]",
                "checkpoint = m.safetensors -> checkpoint { path = m.pt, uri = \"https://a.example/m.pt\" }",
                "checkpoint = m.safetensors -> block-factory = com.acme.Net, input-shapes = [[0]]",
                "checkpoint = m.safetensors -> block-factory = com.acme.Net, input-shapes = [[1]], input_shapes = [[1]]",
                "checkpoint = m.safetensors -> block-factory = com.acme.Net, block_factory = com.acme.Net",
                "checkpoint = m.safetensors -> block-factory = com.acme.Net, arguments = 1",
                "checkpoint = m.safetensors -> block-factory = com.acme.Net, buffers = [a]",
                "checkpoint = m.safetensors -> checkpoint = m.safetensors, buffers = a",
                "checkpoint = m.safetensors -> checkpiont = m.safetensors",
                "path = out, -> ",
                "1.5 GiB -> 20k",
                "1.5 GiB -> 5",
                "max_shard_size -> maxShardSize",
                "max_shard_size -> max-shard-size = 1GB, max_shard_size",
                "format = safetensors -> format = pytorch",
                "overwrite = true -> overwrite = perhaps",
                "digest = none -> digest = md5",
                "sync = false -> sync = 2",
                "x-note = ours -> note = ours",
                "output { -> migrations.steps = [{ until = 2 }], output {",
                "output { -> migrations.keys = [{ from = a }], output {",
                "modifiers = [ -> migrations.keys = [], x-modifiers = [",
                "output { -> migrations.steps = [{ id = a, rule = [] }], output {",
                "output { -> migrations.steps = [{ id = a, type = ruls }], output {",
                "output { -> migrations { version = 2.0, steps = [] }, output {",
                "output { -> migrations { version-from = v }, output {",
                "x-note = { -> note = {",
                "type = freezing -> type = frezing",
                "type = freezing, -> ",
                "type = freezing -> type = freezing, _target_ = freezing",
                "type = freezing -> type = lora-merge",
                "{ type = freezing, submodules-to-freeze = [encoder] } -> freezing",
                "submodules-to-freeze = [encoder] -> submodules-to-freeze = encoder",
                "submodules-to-freeze -> submodulesToFreeze",
                "from = a, to = b -> from = a",
                "application.port = 80 -> training.model-modifier.modifiers = []"
            })
    void bothRefuse(String replacement) {
        assertAgreed(false, with(replacement));
    }

    @Test
    void theReferenceSystemsPlaceIsKnownInBothSpellings() {
        for (String key : List.of("model-modifier", "model_modifier")) {
            String list = "training { epochs = 3, " + key
                    + ".modifiers = [{ type = freezing, submodules-to-freeze = [a] }] }";
            assertAgreed(true, list);
            assertAgreed(true, list + "\ngraft { model.checkpoint = m.pt, output.path = out }");
            assertAgreed(false, list.replace("freezing", "frezing"));
            assertAgreed(false, list.replace("[a]", "a"));
            assertAgreed(false, list.replace("modifiers =", "modifier ="));
            assertAgreed(false, list + "\ngraft.outputs.path = out");
        }
    }

    /** A key that one of the two knows alone is missing in the other. */
    @ParameterizedTest
    @ValueSource(strings = {"graft", "graft.model", "graft.output", "graft.migrations"})
    void bothKnowTheSameKeys(String section) {
        place.file("x.conf", section + ".zzzzzzzz = 1\n");
        Matcher keys = Pattern.compile("keys: (.*)")
                .matcher(place.graft("config", "check", "-c", "DIR/x.conf").err());
        assertTrue(keys.find());
        Set<String> binder = new TreeSet<>(Arrays.asList(keys.group(1).split(", ")));

        Config schema = ConfigFactory.parseString(text());
        assertEquals(
                binder,
                properties(schema, section).map(Spelling::kebab).collect(Collectors.toCollection(TreeSet::new)));
    }

    /** The section of the model is described by each kind of model. */
    private static Stream<String> properties(Config schema, String section) {
        Config definitions = schema.getConfig("\"$defs\"");
        return definitions.root().keySet().stream()
                .filter(name -> section.equals("graft.model") ? name.startsWith("graft.target.") : name.equals(section))
                .flatMap(name -> definitions.getObject('"' + name + "\".properties").keySet().stream());
    }

    /** Configurations of the repository, by where they are. */
    static Stream<String> written() throws IOException {
        return Stream.of("README.md", "docs/configuration.md", "docs/sources.md")
                .flatMap(page -> Fence.of(read(page)).stream()
                        .filter(fence ->
                                fence.language().equals("hocon") && fence.text().contains("graft {"))
                        .map(Fence::text));
    }

    @ParameterizedTest
    @MethodSource("written")
    void whatPagesShowIsValid(String configuration) {
        assertEquals("[]", problems(configuration).toString());
    }

    @Test
    void theExampleAndEverySampleAreValid() {
        assertEquals("[]", problems(read("examples/fine-tuning/fine-tune.conf")).toString());
        for (RegisteredPlug<?> modifier :
                PlugRegistry.discover(Main.class.getClassLoader()).modifiers()) {
            String id = modifier.id();
            String sample =
                    place.graft("modifiers", "sample", id).is(ExitCode.DONE).out();
            assertEquals("[]", problems(sample).toString(), id);
        }
    }

    /** As the page on configurations advises. */
    @Test
    void aFileForEditorsIsJsonThatNamesTheSchema() {
        String json = """
                {
                  "$schema": "graft.schema.json",
                  "graft": {
                    "model": { "checkpoint": "model.safetensors" },
                    "modifiers": [{ "type": "freezing", "submodules-to-freeze": ["encoder"] }],
                    "output": { "path": "out" }
                  }
                }
                """;
        place.file("train.json", json)
                .graft("config", "check", "-c", "DIR/train.json")
                .is(ExitCode.DONE);
        assertEquals("[]", schema().validate(json, InputFormat.JSON).toString());
    }

    @Test
    void anExtensionsModifierIsHeldAgainstItsOwnSchema() {
        ExtensionJar.oneTensor(place.path("acme-1.0.jar"));
        Schema schema = schema("--extensions", "DIR/acme-1.0.jar");
        String entry =
                "graft.modifiers = [{ type = one-tensor, tensor = a }, { type = freezing, submodules-to-freeze = [a] }]";
        assertEquals("[]", problems(schema, entry).toString());
        assertEquals(
                "[/graft/modifiers/0: property 'tensors' is not defined in the schema and the schema does not allow"
                        + " additional properties, /graft/modifiers/0: required property 'tensor' not found]",
                problems(schema, entry.replace("tensor =", "tensors =")).toString());
        assertTrue(!problems(entry).isEmpty());
    }

    @Test
    void optionsOfAModifierWithoutASchemaAreNotChecked() {
        ExtensionJar.bare(place.path("acme-1.0.jar"));
        Schema schema = schema("--extensions", "DIR/acme-1.0.jar");
        assertEquals(
                "[]",
                problems(schema, "graft.modifiers = [{ type = one-tensor, any = thing }]")
                        .toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ \"type\": object } | Unrecognized token 'object': was expecting (JSON String, Number, Array, Object or token"
                        + " 'null', 'true' or 'false')",
                "[] | not a JSON object"
            })
    void aSchemaThatIsNoneIsToldWithItsJar(String text, String why) throws IOException {
        Path jar = place.path("acme-1.0.jar");
        ExtensionJar.oneTensor(jar);
        try (FileSystem inside = FileSystems.newFileSystem(jar)) {
            Files.writeString(inside.getPath("META-INF/graft/modifiers/one-tensor.schema.json"), text);
        }
        Outcome refused = place.graft("config", "schema", "--extensions", "DIR/acme-1.0.jar")
                .is(
                        ExitCode.USAGE,
                        "graft: the JSON Schema of modifier `one-tensor` of acme-1.0.jar is malformed: " + why
                                + "; rebuild the jar with graft-processor, which writes it\n");
        assertEquals("", refused.out());
    }

    private void assertAgreed(boolean accepted, String configuration) {
        place.file("x.conf", configuration);
        Outcome check = place.graft("config", "check", "-c", "DIR/x.conf");
        assertEquals(accepted, check.code() == ExitCode.DONE, check.err());
        List<?> problems = problems(configuration);
        assertEquals(accepted, problems.isEmpty(), problems.toString());
    }

    private List<?> problems(String configuration) {
        return problems(schema(), configuration);
    }

    private static List<?> problems(Schema schema, String configuration) {
        String json = ConfigFactory.parseString(configuration).resolve().root().render(ConfigRenderOptions.concise());
        return schema.validate(json, InputFormat.JSON);
    }

    private Schema schema(String... options) {
        return DIALECT.getSchema(text(options), InputFormat.JSON);
    }

    private String text(String... options) {
        String[] command =
                Stream.concat(Stream.of("config", "schema"), Stream.of(options)).toArray(String[]::new);
        return place.graft(command).is(ExitCode.DONE, "").out();
    }

    private static String with(String replacement) {
        String[] sides = replacement.split(" ?-> ?", 2);
        String file = FILE.replace(sides[0], sides[1]);
        assertTrue(sides[0].equals(sides[1]) || !file.equals(FILE), replacement);
        return file;
    }

    private static String read(String file) {
        try {
            return Files.readString(ROOT.resolve(file));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
