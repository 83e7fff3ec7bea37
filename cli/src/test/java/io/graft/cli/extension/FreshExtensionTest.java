package io.graft.cli.extension;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Makes one mistake at a time in the sources of {@code src/it/fresh-extension}, which as they are become a jar that runs. Each stops
 * the compiler at its place, and with one message. All mistakes and their exact columns are tested in the processor.
 */
class FreshExtensionTest {
    private static final Path SOURCES = Path.of("src", "it", "fresh-extension", "src", "main", "java");

    @TempDir
    Path classes;

    @Test
    void withoutAMistakeItCompiles() throws IOException {
        assertEquals(List.of(), Javac.errors(classes, sources()));
    }

    /** The place is where {@code »} stands, once in all files after the mistake was made; it is taken out before. */
    @ParameterizedTest(name = "{3}")
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
        ResettingModelModifier | public final class | final »class                       | not-accessible   | `ResettingModelModifier` must be public (ServiceLoader instantiates it from another package).
        ResettingModelModifier | "resetting"        | »"Resetting v2"                    | bad-id           | id `Resetting v2` must match `[a-z][a-z0-9]*(-[a-z0-9]+)*` and be at most 64 characters; try `resetting-v2`.
        ResettingModelModifier | "resetting"        | »"core-resetting"                  | reserved-id      | ids starting with `core-` are reserved for the framework.
        ResettingModelModifier | class ResettingModelModifier implements ModelModifier { | »class ResettingModelModifier { | missing-interface | `ResettingModelModifier` is annotated @Modifier but does not implement ModelModifier.
        ResettingOptions       | @Default("1")      | @Default(»"one")                   | bad-default      | @Default("one") is not an int.
        ResettingOptions       | @Default("1")      | @Default(»"9")                     | default-violates | @Default("9") violates @Range(min=0, max=8) on the same component.
        ResettingOptions       | @Default("1") @Range(min = 0, max = 8) | »@Range(min = 8, max = 0) | empty-range | @Range(min=8, max=0) admits no value.
        ResettingOptions       | @Matches("[a-z-]+") | @Matches(»"[a-")                  | bad-pattern      | @Matches("[a-"): Illegal character range near index 3.
        ResettingOptions       | @Default("1") @Range(min = 0, max = 8) int minDimensions | Integer »minDimensions | boxed-primitive | use `int`, or Optional<Integer> if `minDimensions` may be absent; Integer cannot express either.
        ResettingOptions       | @Matches("[a-z-]+") | @io.graft.config.KeyName(»"type") | reserved-key     | key `type` of component `reason` collides with a key that every modifier has; give it another.
        ResettingOptions       | public record      | @io.graft.config.Requires(key = "reason", with = »"tensor") public record | check-path | @Requires names `tensor`, which is not a key of ResettingOptions; did you mean `tensors`?
        ResettingOptions       | static void zeroHasAName(ResettingOptions options, CheckSink sink) | static void »zeroHasAName(CheckSink sink) | check-signature | @Check method must be `static void name(ResettingOptions, CheckSink)`; found `static void zeroHasAName(CheckSink)`.
        """)
    void aMistakeStopsTheCompilerAtItsPlace(String file, String right, String wrong, String code, String message)
            throws IOException {
        Map<String, String> sources = sources();
        String name = "com/acme/" + file + ".java";
        String marked = sources.get(name).replace(right, wrong);
        String before = marked.substring(0, marked.indexOf('»'));
        sources.put(name, marked.replace("»", ""));

        assertEquals(
                List.of("%s:[%d,%d] [graft:%s] %s"
                        .formatted(
                                name,
                                before.lines().count(),
                                before.length() - before.lastIndexOf('\n'),
                                code,
                                message)),
                Javac.errors(classes, sources));
    }

    private static Map<String, String> sources() throws IOException {
        Map<String, String> sources = new TreeMap<>();
        try (Stream<Path> tree = Files.walk(SOURCES)) {
            for (Path file : tree.filter(Files::isRegularFile).toList()) {
                sources.put(SOURCES.relativize(file).toString().replace('\\', '/'), Files.readString(file));
            }
        }
        assertTrue(sources.size() > 1, sources::toString);
        return sources;
    }
}
