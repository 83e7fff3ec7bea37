package io.graft.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Whatever happens to a good file, reading it ends in tensors or in one clear {@link CheckpointException}, within two seconds,
 * and leaves no file behind. The damage is the same in each run; {@code -Dgraft.mutations=10000} makes more of it.
 */
@Tag("slow")
class MutationTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @FieldSource("io.graft.checkpoint.Mutations#FILES")
    void damagedFiles(String fixture) throws IOException {
        List<Path> before = files();
        Mutations.readAll(Fixtures.path(fixture), fixture.hashCode(), Mutations.runs(), folder);
        assertEquals(before, files());
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.sorted().toList();
        }
    }
}
