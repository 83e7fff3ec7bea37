package io.graft.cli;

import static io.graft.cli.Golden.assertGolden;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.nn.core.Linear;
import io.graft.apply.GraftException;
import io.graft.apply.ModelModifierApplier;
import io.graft.config.Problem;
import io.graft.config.ProblemRenderer;
import io.graft.config.SourceRef;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file with many mistakes, among extensions of which one cannot be used, and the whole of what a person reads of them. */
class SampleTest {
    private static final Path FOLDER = Path.of("src", "test", "resources", "goldens", "SampleTest");
    private static final Path EXTENSIONS = Path.of("src", "test", "resources", "extensions");

    @TempDir
    Path jars;

    @Test
    void everyMistakeIsNamedWithItsPlace() throws IOException {
        Path lora = jars.resolve("acme-lora-1.2.jar");
        Path quantization = jars.resolve("graft-modifiers-quantization-1.0.0.jar");
        Path prune = jars.resolve("acme-prune-2.0.jar");
        ExtensionJar.of(EXTENSIONS.resolve("lora"), lora);
        ExtensionJar.of(EXTENSIONS.resolve("quantization"), quantization);
        BrokenJars.ofAnotherApiLevel(prune, "Prune", 5);
        List<Problem> problems = problems(lora, quantization, prune);
        assertGolden("SampleTest/plain.txt", anonymous(ProblemRenderer.plain().render(problems)));
        assertEquals(8, problems.stream().filter(Problem::isError).count());
    }

    private static List<Problem> problems(Path... jars) throws IOException {
        URL[] urls = new URL[jars.length];
        for (int i = 0; i < jars.length; i++) {
            urls[i] = jars[i].toUri().toURL();
        }
        try (URLClassLoader loader = new URLClassLoader(urls, SampleTest.class.getClassLoader())) {
            ModelModifierApplier applier = ModelModifierApplier.create(loader);
            Linear block = Linear.builder().setUnits(1).build();
            GraftException failure =
                    assertThrows(GraftException.class, () -> applier.process(block, FOLDER.resolve("conf/train.conf")));
            return failure.problems().stream().map(SampleTest::named).toList();
        }
    }

    /** As if the working directory were the sample's folder. */
    private static Problem named(Problem problem) {
        return new Problem(
                problem.code(),
                problem.severity(),
                problem.path(),
                problem.at()
                        .map(at -> new SourceRef(
                                at.file().replace(FOLDER + "/", ""), at.line(), at.column(), at.length(), at.text())),
                problem.message(),
                problem.notes(),
                problem.help());
    }

    private String anonymous(String text) {
        return new Place(jars).anonymous(text);
    }
}
