package io.graft.config;

import static org.junit.jupiter.api.Assertions.fail;

import com.typesafe.config.ConfigFactory;
import io.graft.problem.ProblemRenderer;
import java.nio.file.Path;

/** Configurations that are expected to be readable. */
final class Read {
    private Read() {}

    static ConfigFile file(Path file) {
        return file(file, ConfigOverrides.none());
    }

    static ConfigFile file(Path file, ConfigOverrides overrides) {
        return value(ConfigFile.read(file, overrides));
    }

    static ConfigCursor text(String hocon) {
        return ConfigCursor.of(ConfigFactory.parseString(hocon).resolve());
    }

    static <T> T value(Bound<T> bound) {
        return bound instanceof Bound.Ok<T> ok
                ? ok.value()
                : fail(ProblemRenderer.plain().render(bound.problems()));
    }
}
