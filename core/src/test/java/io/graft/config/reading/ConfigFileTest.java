package io.graft.config.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.graft.config.decoding.Decoders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigFileTest {
    private static final String MODIFIERS = """
            dir = models
            graft {
              model.checkpoint = ${dir}"/a"
              modifiers = [
                { type = a, rank = 1, target-modules = [query] }
                { type = b }
              ]
            }
            """;

    @TempDir
    private Path folder;

    @Test
    void missingFileNamesANearOne() throws IOException {
        Files.writeString(folder.resolve("train.conf"), "a = 1");
        assertEquals("""
                error[file-not-found] trian.conf
                     = there is no such file;
                       did you mean `train.conf`?
                """, failure("trian.conf", ConfigOverrides.none()));
    }

    @Test
    void folderIsNoFile() throws IOException {
        Files.createDirectory(folder.resolve("conf"));
        assertEquals("""
                error[file-not-found] conf
                     = this is a folder;
                       name a file in it
                """, failure("conf", ConfigOverrides.none()));
    }

    @Test
    void nestingThatExhaustsTheStackIsAProblem() throws IOException {
        write("{a:".repeat(100_000));
        assertEquals("""
                error[nesting-too-deep] x.conf
                     = objects and lists are nested too deep to be read;
                       nest less
                """, failure("x.conf", ConfigOverrides.none()));
    }

    static Stream<Arguments> overrides() {
        return Stream.of(
                Arguments.of("graft.modifiers[0].rank=4", "[{rank=4, target-modules=[query], type=a}, {type=b}]"),
                Arguments.of("graft.modifiers.0.rank=4", "[{rank=4, target-modules=[query], type=a}, {type=b}]"),
                Arguments.of(
                        "graft.modifiers.0.target_modules=[value]",
                        "[{rank=1, target-modules=[value], type=a}, {type=b}]"),
                Arguments.of(
                        "graft.modifiers[0].target-modules[0]=value",
                        "[{rank=1, target-modules=[value], type=a}, {type=b}]"),
                Arguments.of(
                        "graft.modifiers[0].target-modules[1]=value",
                        "[{rank=1, target-modules=[query, value], type=a}, {type=b}]"),
                Arguments.of(
                        "graft.modifiers[2].type=c", "[{rank=1, target-modules=[query], type=a}, {type=b}, {type=c}]"),
                Arguments.of(
                        "graft.modifiers[1].names.0=c",
                        "[{rank=1, target-modules=[query], type=a}, {names=[c], type=b}]"),
                Arguments.of(
                        "graft.modifiers[1].schedule.warmup = 5s ",
                        "[{rank=1, target-modules=[query], type=a}, {schedule={warmup=5s}, type=b}]"));
    }

    @ParameterizedTest
    @MethodSource("overrides")
    void aSetValueReplacesNothingButItself(String set, String expected) throws IOException {
        ConfigFile file = read(MODIFIERS, new ConfigOverrides(List.of(set), Map.of(), Map.of()));
        assertEquals(expected, sorted(file.root().at("graft.modifiers").unwrapped()));
    }

    @Test
    void aSystemPropertyIsBelowASetValueAndAboveTheFile() throws IOException {
        Map<String, String> properties =
                Map.of("graft.modifiers[0].rank", "2", "graft.modifiers[1].rank", "3", "other.key", "x");
        ConfigFile file =
                read(MODIFIERS, new ConfigOverrides(List.of("graft.modifiers[1].rank=4"), properties, Map.of()));
        assertEquals(
                "[{rank=2, target-modules=[query], type=a}, {rank=4, type=b}]",
                sorted(file.root().at("graft.modifiers").unwrapped()));
        assertEquals(List.of("dir", "graft"), file.root().keys());
    }

    @Test
    void theLaunchersPropertyIsNoConfiguration() throws IOException {
        ConfigFile file = read(MODIFIERS, new ConfigOverrides(List.of(), Map.of("graft.home", "/opt/graft"), Map.of()));
        assertEquals(List.of("model", "modifiers"), file.root().at("graft").keys());
    }

    @Test
    void theProcessGivesItsPropertiesAndEnvironment() {
        System.setProperty("graft.modifiers[0].rank", "2");
        try {
            ConfigOverrides overrides = ConfigOverrides.ofProcess(List.of("a=b"));
            assertEquals(List.of("a=b"), overrides.set());
            assertEquals("2", overrides.systemProperties().get("graft.modifiers[0].rank"));
            assertEquals(System.getenv(), overrides.environment());
        } finally {
            System.clearProperty("graft.modifiers[0].rank");
        }
    }

    @Test
    void substitutionsSeeASetValue() throws IOException {
        ConfigFile file = read(MODIFIERS, new ConfigOverrides(List.of("dir=other"), Map.of(), Map.of()));
        assertEquals("other/a", file.root().at("graft.model.checkpoint").unwrapped());
    }

    @Test
    void anElementOfAListThatIsPutTogetherCanBeSet() throws IOException {
        ConfigFile file = read(
                """
                first = [{ type = a, rank = 1 }]
                modifiers = ${first} [{ type = b }]
                """, new ConfigOverrides(List.of("modifiers[0].rank=4", "modifiers[1].rank=5"), Map.of(), Map.of()));
        assertEquals(
                "[{rank=4, type=a}, {rank=5, type=b}]",
                sorted(file.root().at("modifiers").unwrapped()));
    }

    @Test
    void textsFromOutsideAreNumbersAndBooleans() throws IOException {
        write("graft.modifiers = [{ target-modules = [query], scale = ${?SCALE} }]");
        ConfigFile file = Read.file(
                folder.resolve("x.conf"),
                new ConfigOverrides(
                        List.of("graft.modifiers[0].rank=4"),
                        Map.of("graft.modifiers[0].strict", "false"),
                        Map.of("SCALE", "0.25")));
        EveryOption options = Read.value(EveryOption.bindAll(file.root())).get(0);
        assertEquals(List.of(4, false, 0.25f), List.of(options.rank(), options.strict(), options.scale()));
    }

    @Test
    void aListOfObjectsIsNeverReplaced() throws IOException {
        write(MODIFIERS);
        ConfigOverrides overrides = new ConfigOverrides(
                List.of("graft.modifiers=[]", "graft.modifiers.lora.rank=4", "graft.modifiers[7].rank=4"),
                Map.of("graft.modifiers", "x"),
                Map.of());
        assertEquals("""
                error[list-replaced] --set              graft.modifiers
                     = this would replace the list `graft.modifiers` of 2 elements in x.conf;
                       set one element's key, as in `graft.modifiers[0].type`, or let the file read a variable

                error[list-replaced] --set              graft.modifiers
                     = this would replace the list `graft.modifiers` of 2 elements in x.conf;
                       set one element's key, as in `graft.modifiers[0].type`, or let the file read a variable

                error[unknown-key]   --set              graft.modifiers[7]
                     = the list `graft.modifiers` has 2 elements in x.conf, so there is no element 7;
                       positions count from 0; `graft.modifiers[2]` would be a new element

                error[list-replaced] -Dgraft.modifiers  graft.modifiers
                     = this would replace the list `graft.modifiers` of 2 elements in x.conf;
                       set one element's key, as in `graft.modifiers[0].type`, or let the file read a variable
                """, failure("x.conf", overrides));
    }

    @Test
    void unreadableSetValuesAreToldTogether() throws IOException {
        write(MODIFIERS);
        ConfigOverrides overrides = new ConfigOverrides(
                List.of("rank", "a..b=1", "a[0=1", "a=[1", "hub-token={s3cret"), Map.of(), Map.of());
        assertEquals("""
                error[syntax]        --set
                     = `rank` has no `=`;
                       write `rank=value`

                error[syntax]        --set
                     = `a..b` has an empty key;
                       write it as in `graft.modifiers[0].rank`

                error[syntax]        --set
                     = `a[0` has no closing `]`;
                       write it as in `graft.modifiers[0].rank`

                error[syntax]        --set
                     = `[1` is not HOCON;
                       close what is open, or quote the whole value

                error[syntax]        --set
                     = the value of `hub-token` is not HOCON;
                       close what is open, or quote the whole value
                """, failure("x.conf", overrides));
    }

    @Test
    void problemsOfValuesFromOutsideNameTheirSource() throws IOException {
        write("graft.modifiers = [{ target-modules = [query] }]");
        ConfigFile file = Read.file(
                folder.resolve("x.conf"),
                new ConfigOverrides(
                        List.of("graft.modifiers[0].rnak=4", "graft.modifiers[0].rank=many"),
                        Map.of("graft.modifiers[0].scale", "wide", "graft.modifiers[0].extra", "1"),
                        Map.of()));
        String keys = "keys: api-key, by-mode, checkpoint-path, dropout, homepage, hub-token, match, max-shard-size, "
                + "medium, mode, name, rank, ranks, rename, scale, small, steps, strict, tags, target-modules, warmup";
        assertEquals(
                """
                error[wrong-type]    --set                       graft.modifiers[0].rank
                     = expected an integer, found the text `many`

                error[unknown-key]   --set                       graft.modifiers[0].rnak
                     = modifier `every` has no key `rnak`;
                       did you mean `rank`?
                     = KEYS

                error[wrong-type]    -Dgraft.modifiers[0].scale  graft.modifiers[0].scale
                     = expected a number, found the text `wide`

                warning[unknown-key] -Dgraft.modifiers[0].extra  graft.modifiers[0].extra
                     = modifier `every` has no key `extra`
                     = KEYS
                """.replace("KEYS", keys),
                Problems.render(folder, EveryOption.bindAll(file.root()).problems()));
    }

    @Test
    void pathsAreRelativeToTheFileThatNamesThem() throws IOException {
        Files.createDirectories(folder.resolve("inc"));
        Files.writeString(folder.resolve("inc/base.conf"), "here = a.safetensors");
        write("include \"inc/base.conf\"\nthere = b.safetensors\nup = ../c\nabsolute = /d\nhome = \"~/e\"");
        ConfigOverrides overrides = new ConfigOverrides(List.of("set=f"), Map.of(), Map.of());
        ConfigCursor root = Read.file(folder.resolve("x.conf"), overrides).root();
        assertEquals(folder.resolve("inc/a.safetensors"), path(root, "here"));
        assertEquals(folder.resolve("b.safetensors"), path(root, "there"));
        assertEquals(folder.resolveSibling("c"), path(root, "up"));
        assertEquals(Path.of("/d"), path(root, "absolute"));
        assertEquals(Path.of(System.getProperty("user.home"), "e"), path(root, "home"));
        assertEquals(Path.of("f").toAbsolutePath(), path(root, "set"));
    }

    private static Path path(ConfigCursor root, String key) {
        return Read.value(Decoders.path().decode(root.at(key)));
    }

    private void write(String hocon) throws IOException {
        Files.writeString(folder.resolve("x.conf"), hocon);
    }

    private ConfigFile read(String hocon, ConfigOverrides overrides) throws IOException {
        write(hocon);
        return Read.file(folder.resolve("x.conf"), overrides);
    }

    private String failure(String file, ConfigOverrides overrides) {
        Bound<ConfigFile> read = ConfigFile.read(folder.resolve(file), overrides);
        assertInstanceOf(Bound.Failed.class, read);
        return Problems.render(folder, read.problems());
    }

    /** Plain objects with the keys of maps sorted. */
    private static String sorted(Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> entry.getKey() + "=" + sorted(entry.getValue()))
                    .sorted()
                    .toList()
                    .toString()
                    .replaceAll("^\\[(.*)]$", "{$1}");
        }
        return value instanceof List<?> list
                ? list.stream().map(ConfigFileTest::sorted).toList().toString()
                : String.valueOf(value);
    }
}
