package io.graft.config.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.config.decoding.Decoders;
import io.graft.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file of another program among the options, with keys that its newer version has. */
class IncludedFileTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"null", "false", "\"\"", "[]", "{}"})
    void aKeyThatIsOffIsAWarning(String off) throws IOException {
        assertEquals(List.of("""
                WARNING unknown-key foreign.json:1 m.ranks: `m` has no key `ranks`, which is off in `foreign.json` and has no effect"""), told("{ \"rank\": 8, \"ranks\": " + off + " }", "foreign.json", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "0", "\"no\"", "[false]", "{ \"a\": null }"})
    void aKeyThatIsOnIsAnError(String on) throws IOException {
        assertEquals(
                List.of("ERROR unknown-key foreign.json:1 m.ranks: `m` has no key `ranks`; did you mean `rank`?"),
                told("{ \"rank\": 8, \"ranks\": " + on + " }", "foreign.json", ""));
    }

    @Test
    void whatStandsInAnotherFileIsAnError() throws IOException {
        String unknown = "`m` has no key `ranks`; did you mean `rank`?";
        assertEquals(
                List.of("ERROR unknown-key other.json:1 m.ranks: " + unknown),
                told("{ \"rank\": 8, \"ranks\": false }", "other.json", ""));
        assertEquals(
                List.of("ERROR unknown-key m.conf:1 m.ranks: " + unknown),
                told("{ \"rank\": 8, \"ranks\": false }", "foreign.json", ", ranks = false"));
    }

    private List<String> told(String json, String name, String more) throws IOException {
        Files.writeString(folder.resolve(name), json);
        Path file = Files.writeString(folder.resolve("m.conf"), "m { include \"" + name + "\"" + more + " }");
        ObjectBinding object = Read.file(file).root().at("m").object();
        object.includes("foreign.json");
        object.key("rank", Decoders.int32()).required();
        return Problems.in(folder, object.finish(() -> "").problems()).stream()
                .map(IncludedFileTest::line)
                .toList();
    }

    private static String line(Problem problem) {
        return problem.severity() + " " + problem.code().id() + " "
                + problem.at().map(at -> at.file() + ":" + at.line()).orElse("") + " " + problem.path() + ": "
                + problem.message() + (problem.help().isEmpty() ? "" : "; " + problem.help());
    }
}
