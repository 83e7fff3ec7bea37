package io.graft.config.reading;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.graft.problem.Problem;
import io.graft.problem.ProblemRenderer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a file holds, reading it ends in a value or in problems that can be shown. */
class DamagedFileTest {
    private static final String TEXT = """
            base { type = every, rank = ${?RANK} }
            dir = "models"
            graft {
              model { checkpoint = ${dir}/"a.pt", hub-token = "s3cret", match = \"""re:^a\\d\""" }
              modifiers = [ # a remark
                ${base} { target-modules = [query, "value"], dropout = 0.5 }
                { target_modules = [a b, c], warmup : 5 minutes // another
                  ranks { "x.y" = 1, z += 2 }, rename = [{ from = a, to = b }] }
              ]
            }
            """;
    private static final String INSERTED = "{}[]\"\\,=:+$#/*\n\t. 0a\u0000é";

    static LongStream seeds() {
        return LongStream.range(0, 500);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void damageEndsInProblemsAndShowsNoSecret(long seed, @TempDir Path folder) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder text = new StringBuilder(TEXT);
        for (int damage = 0; damage <= random.nextInt(4); damage++) {
            int at = random.nextInt(text.length());
            if (random.nextBoolean()) {
                text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(3)));
            } else {
                text.insert(at, INSERTED.charAt(random.nextInt(INSERTED.length())));
            }
        }
        Path file = Files.writeString(folder.resolve("x.conf"), text);
        Bound<ConfigFile> read = ConfigFile.read(file, ConfigOverrides.none());
        List<Problem> problems = read instanceof Bound.Ok<ConfigFile> ok
                ? EveryOption.bindAll(ok.value().root()).problems()
                : read.problems();
        String shown = ProblemRenderer.plain().render(problems);
        boolean keyIsWhole = text.indexOf("hub-token = \"s3cret\"") >= 0;
        assertFalse(keyIsWhole && shown.contains("s3cret"), () -> "seed " + seed + ":\n" + text + "\n" + shown);
    }
}
