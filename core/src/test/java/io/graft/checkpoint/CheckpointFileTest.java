package io.graft.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFileTest {
    @TempDir
    private Path folder;

    @Test
    void itIsAnotherOneWhenAnythingOfItIsAnother() throws IOException {
        Path path = Files.writeString(folder.resolve("a"), "abc");
        CheckpointFile file = CheckpointFile.of(path);
        assertEquals(file, CheckpointFile.of(path));
        assertEquals(file.hashCode(), CheckpointFile.of(path).hashCode());
        assertNotEquals(file, new CheckpointFile(folder.resolve("b"), file.size(), file.modified()));
        assertNotEquals(file, new CheckpointFile(file.path(), 4, file.modified()));
        assertNotEquals(file, new CheckpointFile(file.path(), file.size(), FileTime.fromMillis(0)));
    }
}
