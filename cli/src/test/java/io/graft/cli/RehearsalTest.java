package io.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.Checkpoint;
import io.graft.cli.output.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RehearsalTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Console console = new Console(new PrintWriter(out), new PrintWriter(err), Map.of(), false, false);

    @Test
    void everyCommandDoesItsWork() throws IOException {
        Rehearsal.run(console, folder);
        assertEquals("", err.toString());
        assertTrue(
                out.toString().contains("! `io.graft.modifiers.freezing.FreezingModelModifier` is in"), out.toString());
        assertEquals(
                Set.of("encoder.bias", "encoder.weight"),
                Checkpoint.open(folder.resolve("out")).tensors().keySet());
        String applied = out.toString().substring(out.toString().indexOf("applied to checkpoint"));
        assertTrue(applied.contains("2. lora-merge  ("), applied);
    }

    @Test
    void aCommandThatFailsEndsIt() throws IOException {
        Files.writeString(folder.resolve("out"), "in the way");
        assertEquals(
                "apply -c " + folder.resolve("graft.conf") + " --set graft.output.max-shard-size=5GB ended with 2",
                assertThrows(IllegalStateException.class, () -> Rehearsal.run(console, folder))
                        .getMessage());
    }
}
