package io.graft.config.reading;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.graft.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Each {@code .conf} in the folders of this test holds mistakes; the {@code .txt} beside it is all that is said of them. */
class ProblemFixturesTest {
    private static final ConfigOverrides ENVIRONMENT =
            new ConfigOverrides(List.of(), Map.of(), Map.of("LORA_RANK", "four", "LORA_STRICT", "no"));

    @TestFactory
    Stream<DynamicTest> everyFixtureIsToldAsExpected() throws IOException {
        return fixtures()
                .map(file -> DynamicTest.dynamicTest(
                        file.getParent().getFileName() + "/" + file.getFileName(),
                        () -> Golden.assertMatches(
                                Path.of(file.toString().replaceAll("\\.(conf|json)$", ".txt")),
                                Problems.render(file.getParent(), problems(file)))));
    }

    private static Stream<Path> fixtures() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String folder : List.of("problems", "adapter", "syntax")) {
            try (Stream<Path> all = Files.list(Golden.RESOURCES.resolve(folder))) {
                all.filter(file -> !file.toString().endsWith(".txt")
                                && !file.getFileName().toString().startsWith("included"))
                        .forEach(files::add);
            }
        }
        assertFalse(files.isEmpty());
        return files.stream().sorted();
    }

    private static List<Problem> problems(Path file) {
        Bound<ConfigFile> read = ConfigFile.read(file, ENVIRONMENT);
        List<Problem> problems = new ArrayList<>(read.problems());
        if (read instanceof Bound.Ok<ConfigFile> ok
                && ok.value().root().at("graft.modifiers").isPresent()) {
            ConfigCursor root = ok.value().root();
            boolean adapters = file.getParent().endsWith("adapter");
            problems.addAll((adapters ? AdapterOptions.bindAll(root) : EveryOption.bindAll(root)).problems());
        }
        return problems;
    }
}
