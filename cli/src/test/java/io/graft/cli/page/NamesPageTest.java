package io.graft.cli.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.Checkpoint;
import io.graft.cli.Place;
import io.graft.cli.output.ExitCode;
import io.graft.model.rules.NameTable;
import io.graft.model.rules.NameTables;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code docs/names.md} says. */
class NamesPageTest {
    private static final Path PAGE = Path.of("..", "docs", "names.md");

    @TempDir
    Path folder;

    private static List<String> fences() throws IOException {
        return Fence.of(Files.readString(PAGE)).stream().map(Fence::text).toList();
    }

    @Test
    void itsConfigurationRuns() throws IOException {
        Place place = new Place(folder).file("train.conf", fences().get(0));
        Files.copy(
                Path.of("../core/src/test/resources/io/graft/model/rules/gpt-2-linear/disk.safetensors"),
                place.path("model.safetensors"));
        place.graft("apply", "-c", "DIR/train.conf").is(ExitCode.DONE);
        Checkpoint out = Checkpoint.open(place.path("out"));
        for (String part : List.of("q_proj", "k_proj", "v_proj")) {
            String module = "decoder.h.0.attn." + part;
            assertEquals(Shape.of(8, 8), out.tensors().get(module + ".weight").shape());
            assertEquals(Shape.of(8), out.tensors().get(module + ".bias").shape());
        }
        String manifest =
                Files.readString(place.path("out/graft-manifest.json")).replaceAll("\\s+", "");
        assertTrue(
                manifest.contains(
                        "\"source\":{\"operation\":\"part1of3alongaxis0\",\"from\":[{\"operation\":\"transposed\",\"from\":["),
                manifest);
    }

    /** Section 7 of the field reports: an adapter of a part of what the file keeps fused. */
    @Test
    void anAdapterOfAPartOfAFusedWeightIsMergedBetweenTwoRenamings() throws IOException {
        Path adapter = Files.createDirectory(folder.resolve("adapter"));
        ModelFixture.empty()
                .with("base_model.model.q_proj.lora_A.weight", Shape.of(1, 2), 1, 10)
                .with("base_model.model.q_proj.lora_B.weight", Shape.of(2, 1), 1, 2)
                .save(adapter, "adapter_model");
        Files.writeString(
                adapter.resolve("adapter_config.json"),
                "{\"peft_type\": \"LORA\", \"r\": 1, \"lora_alpha\": 1, \"target_modules\": [\"q_proj\"]}");
        ModelFixture.empty()
                .with("qk_proj.weight", DType.BF16, Shape.of(3, 2), 1, 2, 3, 4, 5, 6)
                .save(folder, "model");
        Place place = new Place(folder).file("merge.conf", """
                graft {
                  model.checkpoint = "model.safetensors"
                  modifiers = [
                    { type = renaming
                      rename = [{ type = split, from = qk_proj, to = [q_proj, k_proj], sizes = [2, 1] }] }
                    { type = lora-merge, adapter-path = adapter }
                    { type = renaming
                      rename = [{ type = concatenate, from = [q_proj, k_proj], to = qk_proj, sizes = [2, 1] }] }
                  ]
                  output.path = out
                }
                """);
        place.graft("apply", "-c", "DIR/merge.conf").is(ExitCode.DONE);
        assertEquals(
                List.of(2.0, 12.0, 5.0, 24.0, 5.0, 6.0),
                ModelFixture.read(place.path("out/model.safetensors")).values("qk_proj.weight"));
        assertEquals(
                DType.BF16,
                Checkpoint.open(place.path("out"))
                        .tensors()
                        .get("qk_proj.weight")
                        .dtype());
    }

    @Test
    void itsTableIsOne() throws IOException {
        NameTable table = NameTable.parse("ours", fences().get(1));
        assertEquals("our networks before version 2", table.title());
    }

    @Test
    void everyTableIsListed() throws IOException {
        List<String> listed;
        try (Stream<String> lines = Files.lines(PAGE)) {
            listed = lines.filter(line -> line.matches("\\| `[a-z0-9.-]+` \\| .* \\| .* \\|"))
                    .map(line -> line.split("`")[1])
                    .toList();
        }
        assertEquals(List.copyOf(NameTables.discover().tables().keySet()), listed);
    }
}
