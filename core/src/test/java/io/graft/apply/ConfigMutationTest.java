package io.graft.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Whatever happens to a good configuration, checking it ends in problems, within a second, and leaves no file behind. The damage is
 * the same in each run; {@code -Dgraft.mutations=10000} makes more of it.
 */
class ConfigMutationTest {
    private static final int RUNS = Integer.getInteger("graft.mutations", 400);

    @TempDir
    Path folder;

    @ParameterizedTest
    @FieldSource("io.graft.apply.ConfigMutations#TEXTS")
    void damagedConfigurations(String good) throws IOException {
        ModelModifierApplier applier =
                ModelModifierApplier.create(TestModifiers.extension(folder.resolve("extension")));
        List<Path> before = files();
        ConfigMutations.checkAll(good, good.hashCode(), RUNS, folder.resolve("mutated.conf"), applier);
        assertEquals(before, files());
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.sorted().toList();
        }
    }
}
