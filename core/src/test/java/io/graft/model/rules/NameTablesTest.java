package io.graft.model.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables of names, held against models that transformers made ({@code benchmarks/reference/make_name_tables.py}). */
class NameTablesTest {
    private static final Set<String> TABLES = Set.of(
            "bert",
            "gemma-3",
            "gpt-2",
            "gpt-2-linear",
            "llama-fused",
            "llama-meta",
            "mixtral",
            "qwen-moe",
            "qwen2.5-vl",
            "vit");

    @TempDir
    Path folder;

    private static Rule table(String id, boolean inverted) {
        NameTable table = NameTables.discover().find(id).orElseThrow();
        Map<String, Integer> numbers = new TreeMap<>();
        if (table.numbers().containsKey("heads")) {
            numbers.put("heads", 2);
            numbers.put("key-value-heads", 1);
        }
        return new Rule.Table(table, numbers, inverted);
    }

    @ParameterizedTest
    @CsvSource({
        "bert, embeddings.position_ids",
        "gemma-3, ''",
        "gpt-2, h.0.attn.bias",
        "gpt-2-linear, ''",
        "llama-fused, ''",
        "llama-meta, rope.freqs",
        "mixtral, ''",
        "qwen-moe, ''",
        "qwen2.5-vl, ''",
        "vit, ''"
    })
    void whatLiesOnDiskBecomesTheRunningModelAndBack(String id, String leftOut) throws IOException {
        Map<String, LazyTensor> disk = StateDicts.read(id + "/disk.safetensors");
        Map<String, LazyTensor> running = StateDicts.read(id + "/running.safetensors");
        RuledTensors ruled = new Rules(List.of(table(id, false))).apply(disk, "checkpoint");
        assertEquals(List.of(), ruled.problems());
        assertEquals(leftOut.isEmpty() ? Map.of() : Map.of(leftOut, id), ruled.leftOut());
        assertEquals(sorted(running), sorted(StateDicts.of(ruled)));

        RuledTensors back = new Rules(List.of(table(id, true))).apply(running, "model");
        assertEquals(List.of(), back.problems());
        disk.remove(leftOut);
        assertEquals(sorted(disk), sorted(StateDicts.of(back)));
    }

    private static Map<String, String> sorted(Map<String, LazyTensor> tensors) throws IOException {
        return new TreeMap<>(StateDicts.bits(tensors));
    }

    @Test
    void theTablesAreThese() {
        assertEquals(TABLES, NameTables.discover().tables().keySet());
        assertEquals(Map.of(), NameTables.discover().broken());
    }

    @ParameterizedTest
    @CsvSource({"vit", "bert", "gpt-2-linear", "mixtral", "qwen-moe"})
    void aPrefixOfTheWholeModelStays(String id) {
        Map<String, LazyTensor> disk = new TreeMap<>();
        StateDicts.read(id + "/disk.safetensors").forEach((key, value) -> disk.put("net.model." + key, value));
        RuledTensors ruled = new Rules(List.of(table(id, false))).apply(disk, "checkpoint");
        Set<String> expected = new TreeSet<>();
        StateDicts.read(id + "/running.safetensors").keySet().forEach(key -> expected.add("net.model." + key));
        assertEquals(expected, new TreeMap<>(StateDicts.of(ruled)).keySet());
    }

    @Test
    void aTableThatFitsNothingIsOfAnotherModel() {
        RuledTensors ruled = new Rules(List.of(table("vit", false))).apply(StateDicts.named("encoder.w"), "checkpoint");
        assertEquals(
                List.of(new RuleProblem(
                        0,
                        ProblemCode.UNMATCHED_RULE,
                        "rule #1, table `vit`, matches 0 keys of the checkpoint",
                        "it is for ViT, DeiT and MAE of transformers 5: its files keep the names of transformers 4; the checkpoint has"
                                + " `encoder.w`")),
                ruled.problems());
    }

    @Test
    void whatATableMeetsInAnotherShapeIsTold() {
        RuledTensors ruled = new Rules(List.of(table("gpt-2-linear", true)))
                .apply(StateDicts.named("h.0.attn.c_attn.weight"), "model");
        assertEquals(
                List.of(new RuleProblem(
                        0,
                        ProblemCode.SHAPE_MISMATCH,
                        "rule #1, table `gpt-2-linear` undone, transpose of `**.attn.c_attn.weight`, cannot be followed:"
                                + " `h.0.attn.c_attn.weight`: a tensor of shape [1] cannot be transposed",
                        "")),
                ruled.problems().subList(0, 1));
    }

    @Test
    void whatATableDidIsSaid() {
        Map<String, LazyTensor> disk = StateDicts.read("gpt-2/disk.safetensors");
        assertEquals(
                List.of("rule #1, table `gpt-2`, changed 16 tensors"),
                new Rules(List.of(table("gpt-2", false)))
                        .apply(disk, "checkpoint")
                        .notes());
    }

    @Test
    void aJarBringsTables() throws IOException {
        Path names = Files.createDirectories(folder.resolve("META-INF/graft/names"));
        Files.writeString(names.resolve("index"), "house\nvit\nbroken\nmissing\n");
        Files.writeString(names.resolve("house.conf"), "title = ours\nrules = [{ from = a, to = b }]");
        Files.writeString(names.resolve("vit.conf"), "title = theirs\nrules = []");
        Files.writeString(names.resolve("broken.conf"), "title = bad\nrules = [{ from = a, too = b }]");
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            NameTables tables = NameTables.discover(loader);
            assertEquals("ours", tables.find("house").orElseThrow().title());
            assertTrue(tables.find("vit").orElseThrow().title().startsWith("ViT"));
            assertEquals(Set.of("broken", "missing"), tables.broken().keySet());
            assertEquals(
                    "rules[0].too: `rules[0]` has no key `too`", tables.broken().get("broken"));
        }
    }

    @Test
    void anIdOfAJarIsAPlainName() throws IOException {
        Path names = Files.createDirectories(folder.resolve("META-INF/graft/names"));
        Path elsewhere = Files.writeString(folder.resolve("elsewhere.conf"), "title = theirs\nrules = []");
        String url = elsewhere.toUri().toString().replace(".conf", "");
        String longest = "a".repeat(64);
        Files.writeString(
                names.resolve("index"), "../../../elsewhere\n" + url + "\n" + longest + "\n" + longest + "a\n");
        Files.writeString(names.resolve(longest + ".conf"), "title = ours\nrules = []");
        Files.writeString(names.resolve(longest + "a.conf"), "title = ours\nrules = []");
        String why = "an id is lower-case words and numbers with hyphens or dots between, 64 characters at most";
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            NameTables tables = NameTables.discover(loader);
            assertEquals(
                    Map.of("../../../elsewhere", why, url, why, longest + "a", why), new TreeMap<>(tables.broken()));
            assertEquals("ours", tables.find(longest).orElseThrow().title());
        }
    }

    @Test
    void aTableThatIsTooLargeIsNotRead() throws IOException {
        Path names = Files.createDirectories(folder.resolve("META-INF/graft/names"));
        Files.writeString(names.resolve("index"), "large\n");
        Files.writeString(names.resolve("large.conf"), "title = ours\nrules = []\n" + "#".repeat(1 << 20));
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            String why = NameTables.discover(loader).broken().get("large");
            assertTrue(why.endsWith("/META-INF/graft/names/large.conf has more than 1048576 bytes"), why);
        }
    }

    @Test
    void aTableIsRefusedWithWhatIsWrong() {
        assertRefused("a table includes no other file: `x.conf`", "title = t\ninclude \"x.conf\"\nrules = []");
        assertRefused("the table `t` holds another table", "title = t\nrules = [vit]");
        assertRefused("`a..b` has an empty segment", "title = t\nleft-out = [a..b]\nrules = []");
    }

    private static void assertRefused(String message, String text) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, () -> NameTable.parse("t", text))
                        .getMessage());
    }

    private static final String TABLE = """
            title = t
            numbers {
              parts = "parts of a weight"
              heads { what = "attention heads", config = [num_attention_heads, n_heads] }
            }
            rules = [{ type = split, from = w, to = [a, b], sizes = [${parts}, ${heads}] }]
            """;

    @Test
    void aTableNeedsTheNumbersThatNobodyElseTells() {
        NameTable table = NameTable.parse("t", TABLE);
        assertEquals(
                "the table `t` needs `parts` (parts of a weight)",
                assertThrows(IllegalArgumentException.class, () -> new Rule.Table(table, Map.of("heads", 1), false))
                        .getMessage());
        assertEquals(
                "the table `t` has no use for `layers`",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new Rule.Table(table, Map.of("parts", 2, "layers", 3), false))
                        .getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            { "num_attention_heads": 5 } | 5
            { "num_attention_heads": 0, "n_heads": 7 } | 7
            { "num_attention_heads": "x", "text_config": { "num_attention_heads": 3 } } | 3
            """)
    void whatIsNotGivenIsReadFromTheConfiguration(String json, int heads) throws IOException {
        Rule given = new Rule.Table(NameTable.parse("t", TABLE), Map.of("parts", 2), false);
        Rules rules = new Rules(List.of(given, given.inverse())).toldBy(configuration(json));
        assertEquals(
                List.of(
                        "rule #1, table `t` with `heads` " + heads + " of config.json",
                        "rule #2, table `t` undone with `heads` " + heads + " of config.json"),
                rules.told());
        Map<String, LazyTensor> whole =
                Map.of("w", LazyTensors.generate("w", DType.F32, Shape.of(2 + heads), place -> place));
        assertEquals(
                List.of(Shape.of(2 + heads)),
                rules.apply(whole, "checkpoint").tensors().stream()
                        .map(tensor -> tensor.value().shape())
                        .toList());
    }

    private ModelConfiguration configuration(String json) throws IOException {
        Files.writeString(folder.resolve("config.json"), json);
        return ModelConfiguration.in(folder);
    }

    @Test
    void whatIsGivenStays() throws IOException {
        Rule given = new Rule.Table(NameTable.parse("t", TABLE), Map.of("parts", 2, "heads", 4), false);
        Rules rules = new Rules(List.of(given)).toldBy(configuration("{ \"num_attention_heads\": 5 }"));
        assertEquals(List.of(given), rules.rules());
        assertEquals(List.of(), rules.told());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{ \"num_attention_heads\": -1 }", "{ \"n_heads\": 99999999999 }", "no JSON"})
    void whatNobodyTellsIsAProblem(String json) throws IOException {
        Rule given = NameTables.discover().find("llama-fused").orElseThrow().rule();
        RuledTensors ruled = new Rules(List.of(given))
                .toldBy(configuration(json))
                .apply(StateDicts.named("model.layers.0.self_attn.q_proj.weight"), "checkpoint");
        assertEquals(
                List.of(new RuleProblem(
                        0,
                        ProblemCode.REQUIRES,
                        "rule #1, table `llama-fused`, needs `heads` (attention heads, `num_attention_heads` of config.json)"
                                + " and `key-value-heads` (heads of keys and values, `num_key_value_heads` of config.json),"
                                + " and no config.json beside the checkpoint tells it",
                        "write { table = llama-fused, heads = ..., key-value-heads = ... }")),
                ruled.problems());
    }

    @Test
    void aModelWithoutGroupedKeysHasOneHeadOfKeysForEach() throws IOException {
        Rules rules = new Rules(List.of(
                        NameTables.discover().find("llama-meta").orElseThrow().rule()))
                .toldBy(configuration("{ \"num_attention_heads\": 2 }"));
        assertEquals(
                List.of("rule #1, table `llama-meta` with `heads` 2 and `key-value-heads` 2 of config.json"),
                rules.told());
    }

    /** Meta's own file, {@code params.json}, has other keys than {@code config.json}. */
    @ParameterizedTest
    @CsvSource({"llama-fused, 2, 2", "llama-fused, 4, 1", "llama-meta, 2, 2", "llama-meta, 4, 1"})
    void metasOwnKeysTellThemToo(String table, int heads, int keyValueHeads) throws IOException {
        String json = heads == keyValueHeads
                ? "{ \"n_heads\": " + heads + " }"
                : "{ \"n_heads\": " + heads + ", \"n_kv_heads\": " + keyValueHeads + " }";
        assertEquals(
                Map.of("heads", heads, "key-value-heads", keyValueHeads),
                NameTables.discover().find(table).orElseThrow().told(configuration(json)));
    }
}
