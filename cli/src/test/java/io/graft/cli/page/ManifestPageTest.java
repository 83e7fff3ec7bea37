package io.graft.cli.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.graft.cli.Place;
import io.graft.cli.output.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds docs/manifest.md to its lines of Python, where there is one. */
class ManifestPageTest {
    @TempDir
    Path folder;

    @Test
    void threeLinesOfPythonReadTheFrozenNames() throws Exception {
        new Place(folder)
                .with("m43/init.safetensors")
                .config("init.safetensors", "{ type = freezing, submodules-to-freeze = [encoder] }")
                .graft("apply", "-c", "DIR/x.conf")
                .is(ExitCode.DONE);
        String lines = Fence.of(Files.readString(Path.of("../docs/manifest.md"))).stream()
                .filter(fence -> fence.language().equals("python"))
                .map(Fence::text)
                .findFirst()
                .orElseThrow();
        assertEquals(3, lines.lines().count());
        Path printed = folder.resolve("printed");
        Process python;
        try {
            python = new ProcessBuilder("python3", "-c", lines)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(printed.toFile())
                    .start();
        } catch (IOException absent) {
            assumeTrue(false, "there is no python3 here");
            return;
        }
        python.waitFor();
        assertEquals("['encoder.bias', 'encoder.weight']\n", Files.readString(printed));
    }
}
