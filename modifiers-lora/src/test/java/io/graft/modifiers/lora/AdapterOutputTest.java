package io.graft.modifiers.lora;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.graft.GraftException;
import io.graft.Plan;
import io.graft.Report;
import io.graft.apply.FileRun;
import io.graft.apply.ModelModifierApplier;
import io.graft.checkpoint.write.Part;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.report.ReportJson;
import io.graft.testkit.ModelFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run on a bare checkpoint writes of an adapter. */
class AdapterOutputTest {
    @TempDir
    Path folder;

    private FileRun run(String options) {
        return run(Fixtures.file("base-bert/model.safetensors"), "{ type = lora, rank = 2, " + options + " }");
    }

    private FileRun run(Path model, String modifiers) {
        return ModelModifierApplier.create()
                .configuration(
                        ConfigFactory.parseString("graft { model { checkpoint = \"" + model + "\" }, modifiers = [ "
                                + modifiers + " ], output { path = \"" + folder.resolve("out") + "\" } }"));
    }

    private SortedSet<String> written() throws IOException {
        Path out = folder.resolve("out");
        try (Stream<Path> files = Files.walk(out)) {
            return new TreeSet<>(files.filter(Files::isRegularFile)
                    .map(file -> out.relativize(file).toString())
                    .toList());
        }
    }

    @Test
    void theAdapterAloneIsWrittenWhereTheModelStaysAsItIs() throws IOException {
        Report report = run("target-modules = [query, value]").run();
        assertEquals(
                new TreeSet<>(List.of("adapter_config.json", "adapter_model.safetensors", "graft-manifest.json")),
                written());
        assertEquals(
                new TreeSet<>(List.of("adapter", "adapter", "manifest")),
                new TreeSet<>(report.outputs().stream()
                        .map(output -> output.kind().id())
                        .toList()));
        ModelFixture adapter = ModelFixture.read(folder.resolve("out/adapter_model.safetensors"));
        adapter.apply((draft, context) -> {})
                .hasNames(Stream.of(0, 1)
                        .flatMap(layer -> Stream.of("query", "value")
                                .flatMap(name -> Stream.of("A", "B")
                                        .map(factor -> "base_model.model.bert.encoder.layer." + layer
                                                + ".attention.self." + name + ".lora_" + factor + ".weight")))
                        .toArray(String[]::new));
    }

    /** The settings are those that PEFT writes, but for what its own run knows. */
    @Test
    void theSettingsAreThoseOfPeft() throws IOException {
        run("target-modules = [query, value]").run();
        var theirs = AdapterSettings.read(Fixtures.file("lora/adapter_config.json"));
        var ours = AdapterSettings.read(folder.resolve("out/adapter_config.json"));
        assertEquals(theirs.keys(), ours.keys());
        for (String key : theirs.keys()) {
            if (!key.equals("auto_mapping") && !key.equals("r")) {
                assertEquals(theirs.get(key), ours.get(key), key);
            }
        }
    }

    /** What of PEFT's configuration has no effect is written as it was given. */
    @Test
    void settingsWithoutAnEffectAreKept() throws IOException {
        Report report =
                run("target-modules = [query], eva_config { rho = 2.5, whiten = false, steps = 3 }, revision = main,"
                                + " megatron_core = other, qalora_group_size = 8")
                        .run();
        AdapterSettings written = AdapterSettings.read(folder.resolve("out/adapter_config.json"));
        assertEquals(Map.of("rho", 2.5, "whiten", false, "steps", 3L), written.get("eva_config"));
        assertEquals("main", written.get("revision"));
        assertEquals("other", written.get("megatron_core"));
        assertEquals(8L, written.get("qalora_group_size"));
        assertEquals(
                List.of("is for init = eva, which is not there: it has no effect, and is kept for the file"),
                report.plan().problems().stream()
                        .map(problem -> problem.message())
                        .toList());
    }

    @Test
    void theSameOptionsGiveTheSameBytes() throws IOException {
        run("target-modules = [query]").run();
        byte[] first = Files.readAllBytes(folder.resolve("out/adapter_model.safetensors"));
        folder = Files.createDirectory(folder.resolve("again"));
        run("target-modules = [query]").run();
        assertArrayEquals(first, Files.readAllBytes(folder.resolve("out/adapter_model.safetensors")));
    }

    @Test
    void theModelIsWrittenWhereItChanges() throws IOException {
        run(
                        Fixtures.file("base-bert/model.safetensors"),
                        "{ type = lora, rank = 2, target-modules = [query] }, { type = lora-merge, adapter-path = \""
                                + Fixtures.file("lora") + "\" }")
                .run();
        assertTrue(written().containsAll(List.of("model.safetensors", "adapter_model.safetensors")));
    }

    @Test
    void anAdapterOfAnotherNameLiesInAFolderOfItsOwn() throws IOException {
        String two = "{ type = lora, rank = 2, target-modules = [query] },"
                + " { type = lora, rank = 2, target-modules = [value], adapter = second }";
        run(Fixtures.file("base-bert/model.safetensors"), two).run();
        assertEquals(
                new TreeSet<>(List.of(
                        "adapter_config.json",
                        "adapter_model.safetensors",
                        "graft-manifest.json",
                        "second/adapter_config.json",
                        "second/adapter_model.safetensors")),
                written());
    }

    @Test
    void thePlanTellsModuleRankAlphaAndReason() {
        Plan plan = run("alpha = 4, target-modules = [layer.0.attention.self.query], rank-pattern { query = 1 }")
                .plan();
        String json = ReportJson.compact("plan", folder).of(plan);
        assertTrue(
                json.contains(
                        "{\"name\":\"bert.encoder.layer.0.attention.self.query.weight\",\"adapter\":\"default\","
                                + "\"parametrization\":\"lora\",\"description\":\"rank 1, alpha 4, for `layer.0.attention.self.query`\"}"),
                json);
    }

    @Test
    void anAdapterAloneHasNoParts() {
        FileRun run = run("target-modules = [query]");
        GraftException refused = assertThrows(GraftException.class, () -> run.run(new Part(1, 2)));
        assertEquals(
                "the model stays as it is, and what is written is an adapter alone: there are no parts of it",
                refused.problems().get(0).message());
    }
}
