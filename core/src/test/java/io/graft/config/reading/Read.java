package io.graft.config.reading;

import static org.junit.jupiter.api.Assertions.fail;

import com.typesafe.config.ConfigFactory;
import io.graft.problem.ProblemRenderer;
import java.nio.file.Path;

/** Configurations that are expected to be readable. */
public final class Read {
    private Read() {}

    public static ConfigFile file(Path file) {
        return file(file, ConfigOverrides.none());
    }

    public static ConfigFile file(Path file, ConfigOverrides overrides) {
        return value(ConfigFile.read(file, overrides));
    }

    public static ConfigCursor text(String hocon) {
        return ConfigCursor.of(ConfigFactory.parseString(hocon).resolve());
    }

    public static <T> T value(Bound<T> bound) {
        return bound instanceof Bound.Ok<T> ok
                ? ok.value()
                : fail(ProblemRenderer.plain().render(bound.problems()));
    }
}
