package io.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.Sha256;
import io.graft.cli.output.ExitCode;
import io.graft.command.CommandProvider;
import io.graft.extension.ServiceScan;
import io.graft.registry.MissingJar;
import io.graft.registry.PlugKind;
import io.graft.registry.PlugRegistry;
import io.graft.registry.RegisteredPlug;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Section 9 of the field reports, row by row: what people type, and what they are told. Rows with classes of their own are in
 * {@code InspectTest} (layers and gaps), {@code DiffTest}, {@link ProgressTest}, {@code ProcessorJarTest}, {@code ManifestPageTest},
 * {@code ConfigSchemaTest} and {@code ReadmeTest}.
 */
class AtTheDoorTest {
    private static final String FREEZING = "{ type = freezing, submodules-to-freeze = [encoder] }";
    private static final String CURE = "write it as HOCON, with braces where YAML indents:"
            + " `graft { model.checkpoint = \"model.safetensors\" }`; JSON is HOCON, too; `graft config sample` prints a"
            + " file to start from";

    @TempDir
    Path folder;

    @Test
    void anIncludeBesideTheFileIsFoundFromWhereverItIsNamed() {
        Place place = place().file("local.conf", "graft.output.path = elsewhere\n")
                .file(
                        "a.conf",
                        "include \"local.conf\"\ngraft { model.checkpoint = init.safetensors, modifiers = [" + FREEZING
                                + "] }\n");
        Path here = Path.of("").toAbsolutePath().relativize(folder.resolve("a.conf"));
        assertTrue(place.graft("plan", "-c", here.toString())
                .is(ExitCode.DONE)
                .out()
                .contains("1. freezing"));
        place.graft("apply", "-c", here.toString()).is(ExitCode.DONE);
        assertTrue(Files.exists(folder.resolve("elsewhere/model.safetensors")));
    }

    @Test
    void anOutputBesideItsInputReplacesNothingOfIt() {
        Place place = new Place(folder).with("bert/hf-sharded").file("x.conf", """
                        graft {
                          model.checkpoint = hf-sharded
                          modifiers = [{ type = freezing, submodules-to-freeze = [embeddings] }]
                          output { path = hf-sharded, overwrite = true }
                        }
                        """);
        var before = place.files();
        place.graft("apply", "-c", "DIR/x.conf");
        var after = place.files();
        assertEquals(before, before.keySet().stream().collect(Collectors.toMap(name -> name, after::get)));
    }

    @Test
    void aKeyOfSetWithoutGraftIsAnErrorWithTheRightOne() {
        Outcome outcome = place().config("init.safetensors", FREEZING)
                .graft("plan", "-c", "DIR/x.conf", "--set", "output.path=x");
        assertEquals(ExitCode.USAGE, outcome.code());
        assertTrue(outcome.err().contains("graft.output.path"), outcome.err());
    }

    @Test
    void aWordOfGraftAtTheRootIsAWarning() {
        Outcome outcome = place().file(
                        "x.conf",
                        "graft { model.checkpoint = init.safetensors, modifiers = [" + FREEZING
                                + "] }\noutput.path = out\n")
                .graft("plan", "-c", "DIR/x.conf");
        assertEquals(ExitCode.DONE, outcome.code());
        assertTrue(outcome.err().contains("graft.output"), outcome.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"train.yaml", "train.yml", "train.conf"})
    void yamlIsNamedWithWhatToWrite(String name) {
        place().file(name, """
                        # a comment
                        graft:
                          model:
                            checkpoint: init.safetensors
                          modifiers:
                            - type: freezing
                              submodules-to-freeze: [encoder]
                        """).graft("apply", "-c", "DIR/" + name).is(ExitCode.USAGE, """
                        DIR/%1$s: 1 error. Nothing was applied to the model.

                        error[syntax]        DIR/%1$s
                             = this is YAML, which is not read;
                               %2$s
                        """.formatted(name, CURE));
    }

    @Test
    void hoconWithAMistakeIsNotTakenForYaml() {
        Outcome outcome = place().file("x.conf", """
                graft {
                  model: { checkpoint: init.safetensors }
                  modifiers: [
                    { type: freezing, submodules-to-freeze: [encoder }
                  ]
                }
                """).graft("plan", "-c", "DIR/x.conf");
        assertTrue(outcome.err().contains("expected `]` or a comma, found `}`"), outcome.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"apply", "plan", "config check"})
    void aConfigurationWithoutItsOptionIsShownWithIt(String command) {
        List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
        arguments.add("train.conf");
        place().graft(arguments.toArray(String[]::new)).is(ExitCode.USAGE, """
                        graft: Missing required option: '--config=FILE'; did you mean `graft %1$s -c train.conf`?
                        See `graft %1$s --help`.
                        """.formatted(command));
    }

    @Test
    void aFileInThePlaceOfACommandIsShownWithOne() {
        Place place = place();
        place.graft("train.conf").is(ExitCode.USAGE, """
                        graft: no command is called `train.conf`; did you mean `graft plan -c train.conf`?
                        See `graft --help`.
                        """);
        place.graft("DIR/init.safetensors").is(ExitCode.USAGE, """
                        graft: no command is called `DIR/init.safetensors`; did you mean `graft inspect DIR/init.safetensors`?
                        See `graft --help`.
                        """);
    }

    @ParameterizedTest
    @CsvSource({"help, --help", "help diff, diff --help", "help modifiers list, modifiers list --help"})
    void helpIsACommandToo(String asked, String option) {
        Place place = place();
        assertEquals(
                place.graft(option.split(" ")).is(ExitCode.DONE).out(),
                place.graft(asked.split(" ")).is(ExitCode.DONE).out());
    }

    @Test
    void anExtensionThatIsACheckpointIsLeftOutWithTheCure() {
        Outcome outcome =
                place().with("m43/full7.pt").graft("inspect", "DIR/init.safetensors", "--extensions", "DIR/full7.pt");
        assertEquals(
                "graft: the extension DIR/full7.pt is left out: its name does not end in .jar; give a jar or a folder of"
                        + " jars; a checkpoint is no extension, but what a command or a configuration names\n",
                outcome.err());
        assertEquals(ExitCode.DONE, outcome.code());
    }

    @Test
    void aFailedPlanPrintsItsProblemsOnly() {
        Outcome outcome = place().config(
                        "init.safetensors", FREEZING, "{ type = freezing, submodules-to-freeze = [encodr] }")
                .graft("plan", "-c", "DIR/x.conf");
        assertEquals(ExitCode.MISFIT, outcome.code());
        assertEquals("", outcome.out());
        assertTrue(outcome.err().startsWith("2 modifiers configured in DIR/x.conf: 1 error."), outcome.err());
    }

    /** So that the run can be repeated and proved. */
    @Test
    void theManifestHasEffectiveOptionsAndTheIdentityOfWhatWasRead() throws IOException {
        place().config("init.safetensors", FREEZING)
                .graft("apply", "-c", "DIR/x.conf")
                .is(ExitCode.DONE);
        String manifest = Files.readString(folder.resolve("out/graft-manifest.json"));
        assertTrue(manifest.contains("""
                    "options": {
                      "submodules-to-freeze": [ "encoder" ],
                      "strict": true
                    },
                """), manifest);
        byte[] read = Files.readAllBytes(folder.resolve("init.safetensors"));
        int header = Long.BYTES
                + ByteBuffer.wrap(read).order(ByteOrder.LITTLE_ENDIAN).getInt();
        assertTrue(
                manifest.contains("\"bytes\": " + read.length + ",\n    \"header-sha256\": \""
                        + Sha256.of(Arrays.copyOf(read, header)) + '"'),
                manifest);
    }

    /** What else is on the page, {@code ConfigSchemaTest} and {@code ReadmeTest} hold against the code. */
    @Test
    void thePageOfTheConfigurationSaysWhereValuesComeFrom() throws IOException {
        String page = Files.readString(Path.of("../docs/configuration.md"));
        for (String source : List.of(
                "`--set`",
                "`-Dgraft.output.path=out`",
                "`GRAFT_JAVA_OPTS`",
                "`GRAFT_EXTENSIONS`",
                "`${?NAME}`",
                "`include \"more.conf\"`",
                "## Schema")) {
            assertTrue(page.contains(source), source);
        }
    }

    @Test
    void theBuildAtTheFirstStartIsSaid() throws IOException {
        assertTrue(Files.readString(Path.of("../graft")).contains("""
                    echo "graft: building it from the sources, which is done once after each change" >&2
                """));
    }

    @Test
    void licenceChangesSourcesAndDocumentationAreThere() throws IOException {
        assertTrue(Files.readString(Path.of("../LICENSE"))
                .contains("Apache License\n                           Version 2.0"));
        assertTrue(Files.readString(Path.of("../CHANGELOG.md")).startsWith("# Changes\n"));
        String pom = Files.readString(Path.of("../pom.xml"));
        assertTrue(pom.contains("<id>sources-jar</id>") && pom.contains("<id>javadoc-jar</id>"));
    }

    /** Without the jars of modifiers, the message names the one that is missing; core has a list of them for this. */
    @Test
    void everyModifierOfGraftIsMissedByTheNameOfItsJar() {
        TreeMap<String, String> expected = new TreeMap<>();
        TreeMap<String, String> named = new TreeMap<>();
        for (RegisteredPlug<?> modifier :
                PlugRegistry.discover(AtTheDoorTest.class.getClassLoader()).modifiers()) {
            List<String> names = new ArrayList<>(modifier.descriptor().aliases());
            names.add(modifier.id());
            for (String name : names) {
                expected.put(
                        name,
                        "io.graft:graft-modifiers-"
                                + module(modifier.descriptor().className()));
                named.put(
                        name,
                        MissingJar.of(PlugKind.MODIFIER, name)
                                .map(MissingJar::coordinates)
                                .orElse("none"));
            }
        }
        assertEquals(expected, named);
    }

    @Test
    void everyCommandOfGraftsJarsIsMissedByTheNameOfItsJar() {
        TreeMap<String, String> expected = new TreeMap<>();
        ServiceScan.of(CommandProvider.class, AtTheDoorTest.class.getClassLoader())
                .found()
                .forEach(found -> expected.put(
                        found.service().name(),
                        "graft-modifiers-" + module(found.service().getClass().getName())));
        TreeMap<String, String> named = new TreeMap<>();
        MissingJar.commands()
                .forEach(name ->
                        named.put(name, MissingJar.ofCommand(name).orElseThrow().artifact()));
        assertEquals(expected, named);
    }

    private static String module(String className) {
        return List.of("lora", "quantization", "builtin").stream()
                .filter(module -> Files.exists(
                        Path.of("../modifiers-" + module + "/src/main/java/" + className.replace('.', '/') + ".java")))
                .findFirst()
                .orElseThrow();
    }

    /** The bill of materials has every jar of Graft that is for others. */
    @Test
    void theBillOfMaterialsIsComplete() throws IOException {
        Pattern artifact = Pattern.compile("<artifactId>(graft-[a-z0-9-]+)</artifactId>");
        List<String> modules = Pattern.compile("<module>(\\S+)</module>")
                .matcher(Files.readString(Path.of("../pom.xml")))
                .results()
                .map(found -> "graft-" + found.group(1))
                .filter(module -> !List.of("graft-bom", "graft-examples", "graft-benchmarks")
                        .contains(module))
                .sorted()
                .toList();
        String bom = Files.readString(Path.of("../bom/pom.xml"));
        assertEquals(
                modules,
                artifact.matcher(bom.substring(bom.indexOf("<dependencyManagement>")))
                        .results()
                        .map(found -> found.group(1))
                        .sorted()
                        .toList());
    }

    private Place place() {
        return new Place(folder).with("m43/init.safetensors");
    }
}
