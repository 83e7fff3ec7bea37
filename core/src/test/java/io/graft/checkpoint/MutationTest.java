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
import org.junit.jupiter.params.provider.ValueSource;

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
        Path good = Fixtures.path(fixture);
        // The name tells the format to nobody, but that of an index.
        readAll(Files.readAllBytes(good), fixture.hashCode(), folder.resolve("mutated"));
    }

    /** An index beside its shards. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "bert/hf-sharded/model.safetensors.index.json",
                "/fixtures/torch/sharded/pytorch_model.bin.index.json"
            })
    void damagedIndexes(String fixture) throws IOException {
        Path good = Fixtures.path(fixture);
        try (Stream<Path> shards = Files.list(good.getParent())) {
            for (Path shard : shards.filter(file -> !file.equals(good)).toList()) {
                Files.copy(shard, folder.resolve(shard.getFileName()));
            }
        }
        readAll(Files.readAllBytes(good), fixture.hashCode(), folder.resolve(good.getFileName()));
    }

    private void readAll(byte[] good, long seed, Path file) throws IOException {
        List<Path> before = files();
        Mutations.readAll(good, seed, bad -> bad, file);
        assertEquals(before, files());
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.sorted().toList();
        }
    }
}
