package io.graft.modifiers.quantization.layout;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Changed bytes lead to values or to a refusal, and to nothing else. {@link LayoutMutations} does so for longer. */
class HostileModelsTest {
    private static final int MUTATIONS = 60;

    @TempDir
    Path folder;

    static List<String> layouts() {
        return LayoutMutations.layouts();
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void aMutationIsReadOrRefused(String layout) throws IOException {
        new LayoutMutations(folder).run(layout, MUTATIONS);
    }
}
