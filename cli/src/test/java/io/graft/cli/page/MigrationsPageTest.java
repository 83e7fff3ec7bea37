package io.graft.cli.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.Checkpoint;
import io.graft.cli.Outcome;
import io.graft.cli.Place;
import io.graft.cli.output.ExitCode;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code docs/migrations.md} says. */
class MigrationsPageTest {
    private static final Path PAGE = Path.of("..", "docs", "migrations.md");

    @TempDir
    Path folder;

    private List<String> fences;

    @BeforeEach
    void aModelOfThePage() throws IOException {
        fences = Fence.of(Files.readString(PAGE)).stream().map(Fence::text).toList();
        ModelFixture.empty()
                .with("encoder.layer.0.key.weight", Shape.of(1, 2), 1, 2)
                .with("encoder.layer.0.query.weight", Shape.of(1, 2), 3, 4)
                .with("encoder.layer.0.value.weight", Shape.of(1, 2), 5, 6)
                .with("encoder.layer.0.norm.weight", Shape.of(2), 7, 8)
                .save(folder, "old");
    }

    @Test
    void itsStepsRunAsItShows() {
        Place place = new Place(folder).file("migrate.conf", fences.get(0));
        String plan =
                place.graft("plan", "-c", "DIR/migrate.conf").is(ExitCode.DONE).out();
        String shown = fences.get(1).lines().skip(1).reduce("", (all, line) -> all + line + "\n");
        assertTrue(plan.startsWith(shown), plan);
        assertEquals(
                6,
                place.graft("plan", "-c", "DIR/migrate.conf", "--detailed-exitcode")
                        .code());
        place.graft("apply", "-c", "DIR/migrate.conf").is(ExitCode.DONE);
        Checkpoint out = Checkpoint.open(place.path("out"));
        assertEquals(
                Set.of("encoder.layers.0.qkv.weight", "encoder.layers.0.norm.weight"),
                out.tensors().keySet());
        assertEquals(
                Shape.of(3, 2), out.tensors().get("encoder.layers.0.qkv.weight").shape());
        assertTrue(out.metadata()
                .get("graft.migrations")
                .matches("\\[\\{\"id\":\"flat-layers\",\"signature\":\"[0-9a-f]{16}\"},"
                        + "\\{\"id\":\"fused-attention\",\"signature\":\"[0-9a-f]{16}\"}]"));
        place.file("again.conf", fences.get(0).replace("old.safetensors", "out").replace("path = out", "path = again"));
        assertEquals(
                0,
                place.graft("plan", "-c", "DIR/again.conf", "--detailed-exitcode")
                        .code());
    }

    @Test
    void itsOtherKeysAreRead() {
        Place place = new Place(folder).file("migrate.conf", fences.get(2));
        String plan =
                place.graft("plan", "-c", "DIR/migrate.conf").is(ExitCode.DONE).out();
        assertTrue(plan.contains("   flat-layers: applied\n"), plan);
    }

    @Test
    void everyConfigurationIsRight() {
        List<String> configurations =
                fences.stream().filter(text -> text.contains("graft {")).toList();
        assertEquals(4, configurations.size());
        for (String configuration : configurations) {
            assertEquals(
                    ExitCode.DONE,
                    new Place(folder)
                            .file("x.conf", configuration)
                            .graft("config", "check", "-c", "DIR/x.conf")
                            .code());
        }
    }

    @Test
    void olderKeysAreToldWithTheirLines() {
        String page = fences.stream()
                .filter(text -> text.contains("migrations.keys"))
                .findFirst()
                .orElseThrow();
        Place place = new Place(folder).file("x.conf", page);
        Outcome checked = place.graft("config", "check", "-c", "DIR/x.conf");
        assertEquals(ExitCode.DONE, checked.code());
        assertEquals("""
                warning[deprecated-key] DIR/x.conf:8:36 graft.modifiers[0].frozen-parts
                   8 |   modifiers = [ { type = freezing, frozen-parts = [encoder] } ]
                     |                                    ^^^^^^^^^^^^ `graft.modifiers[0].frozen-parts` is called\
                 `graft.modifiers[0].submodules-to-freeze` now; write `graft.modifiers[0].submodules-to-freeze`

                warning[deprecated-key] DIR/x.conf:10:10 training.output-dir
                  10 | training.output-dir = out
                     |          ^^^^^^^^^^ `training.output-dir` is called `graft.output.path` now; write\
                 `graft.output.path`
                """, checked.err());
        String effective =
                place.graft("config", "effective", "-c", "DIR/x.conf").out();
        assertTrue(effective.contains("submodules-to-freeze = [") && !effective.contains("frozen-parts"), effective);
    }

    @Test
    void theConfigurationAsItIsUnderstoodHasThem() {
        Place place = new Place(folder).file("migrate.conf", fences.get(2));
        String effective = place.graft("config", "effective", "-c", "DIR/migrate.conf")
                .is(ExitCode.DONE)
                .out();
        assertTrue(effective.contains("id = \"flat-layers\""), effective);
        assertTrue(effective.contains("version-from = \"hyper_parameters.version\""), effective);
    }
}
