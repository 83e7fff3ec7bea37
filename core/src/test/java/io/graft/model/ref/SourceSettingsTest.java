package io.graft.model.ref;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.ConfigFactory;
import io.graft.checkpoint.source.SourceSetting;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SourceSettingsTest {
    private static Bound<Map<String, String>> decode(String text) {
        SourceSettings decoder = new SourceSettings(List.of(
                new SourceSetting("region", SourceSetting.Kind.TEXT, "where"),
                new SourceSetting("path-style", SourceSetting.Kind.FLAG, "how"),
                new SourceSetting("root", SourceSetting.Kind.PATH, "which")));
        return decoder.decode(
                ConfigCursor.of(ConfigFactory.parseString("c = " + text)).at("c"));
    }

    @Test
    void eachBecomesATextByItsKind() {
        assertEquals(
                new Bound.Ok<>(Map.of(
                        "region", "eu-west-1",
                        "path-style", "true",
                        "root", Path.of("models").toAbsolutePath().toString())),
                decode("{ region = eu-west-1, path-style = true, root = models }"));
        assertEquals(new Bound.Ok<>(Map.of("path-style", "false")), decode("{ path-style = false }"));
    }

    @Test
    void eachIsCheckedByItsKind() {
        assertEquals(
                List.of(
                        "c.region: must not be blank [`region`: where]",
                        "c.path-style: expected `true` or `false`, found the number 7 [`path-style`: how]"),
                decode("{ region = \"\", path-style = 7 }").problems().stream()
                        .map(problem -> problem.path() + ": " + problem.message() + " " + problem.notes())
                        .toList());
    }
}
