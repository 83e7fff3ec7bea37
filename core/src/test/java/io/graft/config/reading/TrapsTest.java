package io.graft.config.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.config.decoding.Constraints;
import io.graft.config.decoding.Decoders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What HOCON makes of what people write, and what each type accepts of it: the value, or the code and what is said. */
class TrapsTest {
    @TempDir
    Path folder;

    static Stream<Arguments> traps() {
        ValueDecoder<?> texts = Decoders.list(Decoders.string());
        return Stream.of(
                row(texts, "v = [encoder.**]", "syntax: `*` is reserved outside quotes; write `\"encoder.**\"`"),
                row(texts, "v = [a?]", "syntax: `?` is reserved outside quotes; write `\"a?\"`"),
                row(Decoders.string(), "v = re:^a$", "syntax: `:` is reserved outside quotes; write `\"re:^a$\"`"),
                row(
                        Decoders.string(),
                        "v = \"re:^a\\d\"",
                        "syntax: `\\d` is no escape sequence; write `\\\\d`, or put the text in triple quotes, `\"\"\"...\"\"\"`"),
                row(Decoders.string(), "v = \"\"\"re:^a\\d\"\"\"", "re:^a\\d"),
                row(texts, "v = [q_proj v_proj]", "[q_proj v_proj]"),
                row(
                        Decoders.list(Decoders.checked(Decoders.string(), Constraints.size(0, 6))),
                        "v = [q_proj v_proj]",
                        "size: must have at most 6 characters, has 13; "),
                row(Decoders.string(), "v = models//x", "models"),
                row(Decoders.string(), "v = a#b", "a"),
                row(Decoders.string(), "v = \"models//x\"", "models//x"),
                row(
                        Decoders.map(Decoders.string()),
                        "v { encoder.layer.0 = x }",
                        "wrong-type: expected a text, found an object; "),
                row(Decoders.map(Decoders.string()), "v { \"encoder.layer.0\" = x }", "{encoder.layer.0=x}"),
                row(
                        Decoders.float64(),
                        "v = .5",
                        "string-as-number: expected a number, found the text `.5`; write `0.5`"),
                row(
                        Decoders.int32(),
                        "v = 1_000",
                        "string-as-number: expected an integer, found the text `1_000`; write `1000`"),
                row(
                        Decoders.int32(),
                        "v = 0x10",
                        "string-as-number: expected an integer, found the text `0x10`; write `16`"),
                row(Decoders.int32(), "v = 007", "7"),
                row(Decoders.int32(), "v = 5.", "5"),
                row(Decoders.int32(), "v = 8.0", "8"),
                row(Decoders.int32(), "v = 1e3", "1000"),
                row(Decoders.int32(), "v = +5", "syntax: a number has no plus sign; leave it out"),
                row(
                        Decoders.int32(),
                        "v = 1; b = 2",
                        "syntax: unexpected `=`; separate entries by a comma or a new line, not by `;`"),
                row(
                        Decoders.path(),
                        "v = C:\\models\\x",
                        "syntax: `:` is reserved outside quotes; write `\"C:\\\\models\\\\x\"`"),
                row(Decoders.uri(), "v = s3://b/x", "syntax: `:` is reserved outside quotes; write `\"s3://b/x\"`"),
                row(Decoders.string(), "a {\n  b = 1\nv = x", "syntax: `{` is never closed; add `}`"),
                row(
                        texts,
                        "v = {\n  { a = 1 }\n}",
                        "syntax: expected a key, found `{`; write a list of objects in brackets: `[ { ... } ]`"),
                row(texts, "v = [${?NOPE}, 1]", "[1]"));
    }

    /** What each type accepts and refuses, of a file. */
    static Stream<Arguments> types() {
        return Stream.of(
                row(Decoders.int32(), "v = 2.9", "not-an-integer: expected an integer, found the number 2.9; "),
                row(
                        Decoders.int32(),
                        "v = 2147483648",
                        "integer-overflow: `2147483648` does not fit an integer of 32 bits; give a number from -2147483648"
                                + " to 2147483647"),
                row(
                        Decoders.int64(),
                        "v = 1e30",
                        "integer-overflow: `1e30` does not fit an integer of 64 bits; give a number from"
                                + " -9223372036854775808 to 9223372036854775807"),
                row(Decoders.int64(), "v = 9223372036854775807", "9223372036854775807"),
                row(
                        Decoders.int32(),
                        "v = \"8\"",
                        "string-as-number: expected an integer, found the text `8`; write `8` without quotes"),
                row(
                        Decoders.int8(),
                        "v = 128",
                        "integer-overflow: `128` does not fit an integer of 8 bits; give a number from -128 to 127"),
                row(
                        Decoders.int16(),
                        "v = 40000",
                        "integer-overflow: `40000` does not fit an integer of 16 bits; give a number from -32768 to 32767"),
                row(Decoders.float64(), "v = 2.5", "2.5"),
                row(Decoders.float64(), "v = NaN", "not-finite: expected a number, found `NaN`; "),
                row(Decoders.float64(), "v = -Infinity", "not-finite: expected a number, found `-Infinity`; "),
                row(Decoders.float64(), "v = 0x1p3", "wrong-type: expected a number, found the text `0x1p3`; "),
                row(Decoders.float64(), "v = 1f", "wrong-type: expected a number, found the text `1f`; "),
                row(Decoders.float64(), "v = 1e309", "not-finite: `1e309` does not fit a number of 64 bits; "),
                row(Decoders.float32(), "v = 1e39", "not-finite: `1e39` does not fit a number of 32 bits; "),
                row(Decoders.bool(), "v = true", "true"),
                row(
                        Decoders.bool(),
                        "v = yes",
                        "wrong-type: expected `true` or `false`, found the text `yes`; write `true`"),
                row(
                        Decoders.bool(),
                        "v = on",
                        "wrong-type: expected `true` or `false`, found the text `on`; write `true`"),
                row(
                        Decoders.bool(),
                        "v = 1",
                        "wrong-type: expected `true` or `false`, found the number 1; write `true`"),
                row(
                        Decoders.bool(),
                        "v = \"true\"",
                        "string-as-number: expected `true` or `false`, found the text `true`; write `true` without quotes"),
                row(Decoders.duration(), "v = 5 minutes", "PT5M"),
                row(
                        Decoders.duration(),
                        "v = 5",
                        "missing-unit: a duration needs a unit: write `5s`, `5ms`, `5 minutes`; "),
                row(Decoders.duration(), "v = 300000 d", "integer-overflow: `300000 d` is too large; "),
                row(Decoders.dataSize(), "v = 128kB", "128kB"),
                row(
                        Decoders.dataSize(),
                        "v = 128K",
                        "unknown-unit: `K` is no unit of a size; the units are B, kB, MB, GB, TB, KiB, MiB, GiB, TiB; write"
                                + " `kB` (powers of 1000) or `KiB` (powers of 1024)"),
                row(
                        Decoders.dataSize(),
                        "v = 128",
                        "missing-unit: a size needs a unit: write `128MB`, `128GiB`, `128B`; "),
                row(
                        Decoders.list(Decoders.string()),
                        "v { \"0\" = a }",
                        "wrong-type: expected a list, found an object; "),
                row(Decoders.int32(), "v = null", "null-not-allowed: expected an integer, found null; "),
                row(
                        Decoders.set(Decoders.int32()),
                        "v = [1, 1]",
                        "duplicate-element: element 1 is the same as element 0; remove one"));
    }

    private static Arguments row(ValueDecoder<?> decoder, String written, String answer) {
        return Arguments.of(written, answer, decoder);
    }

    @ParameterizedTest
    @MethodSource({"traps", "types"})
    void whatIsWrittenIsAnswered(String written, String answer, ValueDecoder<?> decoder) throws IOException {
        assertEquals(answer, answer(written, ConfigOverrides.none(), decoder));
    }

    /** Outside files there are texts only. */
    @Test
    void numbersAndTruthsFromOutsideAreTexts() throws IOException {
        String file = "e = ${?RANK}";
        assertEquals("8", answer(file, fromOutside("v", "8"), Decoders.int32()));
        assertEquals("2.5", answer(file, fromOutside("v", "2.5"), Decoders.float64()));
        assertEquals("true", answer(file, fromOutside("v", "true"), Decoders.bool()));
        assertEquals("[a, b]", answer(file, fromOutside("v", "[a, b]"), Decoders.list(Decoders.string())));
        assertEquals(
                "wrong-type: expected `true` or `false`, found the text `on`; write `true`",
                answer(file, fromOutside("v", "on"), Decoders.bool()));
        assertEquals(
                "8",
                answer("v = ${RANK}", new ConfigOverrides(List.of(), Map.of(), Map.of("RANK", "8")), Decoders.int32()));
        assertEquals(
                "[x, y]",
                answer(
                        "graft {}",
                        new ConfigOverrides(List.of(), Map.of("graft.names.0", "x", "graft.names.1", "y"), Map.of()),
                        Decoders.list(Decoders.string()),
                        "graft.names"));
    }

    private static ConfigOverrides fromOutside(String key, String value) {
        return new ConfigOverrides(List.of(key + "=" + value), Map.of(), Map.of());
    }

    @Test
    void nullIsNoValueOfAnOptionalKey() {
        ObjectBinding object = Read.text("v = null").object();
        Key<Optional<Integer>> value = object.key("v", Decoders.int32()).optional();
        assertEquals(Optional.empty(), Read.value(object.finish(value::get)));
    }

    private String answer(String written, ConfigOverrides overrides, ValueDecoder<?> decoder) throws IOException {
        return answer(written, overrides, decoder, "v");
    }

    private String answer(String written, ConfigOverrides overrides, ValueDecoder<?> decoder, String path)
            throws IOException {
        Path file = Files.writeString(folder.resolve("x.conf"), written + "\n");
        if (!(ConfigFile.read(file, overrides) instanceof Bound.Ok<ConfigFile> ok)) {
            return told(ConfigFile.read(file, overrides));
        }
        Bound<?> bound = decoder.decode(ok.value().root().at(path));
        return bound instanceof Bound.Ok<?> value ? String.valueOf(value.value()) : told(bound);
    }

    private static String told(Bound<?> failed) {
        return failed.problems().stream()
                .map(problem -> problem.code().id() + ": " + problem.message() + "; " + problem.help())
                .collect(Collectors.joining("\n"));
    }
}
