package io.graft.config.decoding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.config.DataSize;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.Decoder;
import io.graft.config.reading.Read;
import io.graft.config.reading.ValueDecoder;
import io.graft.problem.Problem;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecodersTest {
    private static <T> T decode(ValueDecoder<T> decoder, String hocon) {
        return Read.value(decoder.decode(Read.text("v = " + hocon).at("v")));
    }

    private static String refuse(ValueDecoder<?> decoder, String hocon) {
        Problem problem =
                decoder.decode(Read.text("v = " + hocon).at("v")).problems().get(0);
        return problem.code().id() + ": " + problem.message();
    }

    @ParameterizedTest
    @CsvSource({"8, 8", "8.0, 8", "1e3, 1000", "007, 7", "-0, 0", "2147483647, 2147483647", "-2147483648, -2147483648"})
    void integersAreExact(String hocon, int expected) {
        assertEquals(expected, decode(Decoders.int32(), hocon));
    }

    @Test
    void integersEndWhereTheirTypesDo() {
        assertEquals((byte) -128, decode(Decoders.int8(), "-128"));
        assertEquals("integer-overflow: `128` does not fit an integer of 8 bits", refuse(Decoders.int8(), "128"));
        assertEquals((short) 32767, decode(Decoders.int16(), "32767"));
        assertEquals("integer-overflow: `32768` does not fit an integer of 16 bits", refuse(Decoders.int16(), "32768"));
        assertEquals(
                "integer-overflow: `2147483648` does not fit an integer of 32 bits",
                refuse(Decoders.int32(), "2147483648"));
        assertEquals(Long.MAX_VALUE, decode(Decoders.int64(), "9223372036854775807"));
        assertEquals(
                "integer-overflow: `9223372036854775808` does not fit an integer of 64 bits",
                refuse(Decoders.int64(), "9223372036854775808"));
        // the parser itself would give Long.MAX_VALUE
        assertEquals("integer-overflow: `1e30` does not fit an integer of 64 bits", refuse(Decoders.int64(), "1e30"));
    }

    @Test
    void numbersAreFinite() {
        assertEquals(0.1, decode(Decoders.float64(), "0.1"));
        assertEquals(Double.MAX_VALUE, decode(Decoders.float64(), "1.7976931348623157e308"));
        assertEquals("not-finite: `1e309` does not fit a number of 64 bits", refuse(Decoders.float64(), "1e309"));
        assertEquals(0.1f, decode(Decoders.float32(), "0.1"));
        assertEquals("string-as-number: expected a number, found the text `0x1`", refuse(Decoders.float64(), "0x1"));
        assertEquals("wrong-type: expected a number, found the text `1f`", refuse(Decoders.float64(), "1f"));
    }

    @Test
    void textsAreAsWritten() {
        assertEquals("007", decode(Decoders.string(), "007"));
        assertEquals("true", decode(Decoders.string(), "true"));
        assertEquals("a b", decode(Decoders.string(), "a b"));
    }

    @ParameterizedTest
    @CsvSource({
        "5ns, 5",
        "5 us, 5000",
        "5 millis, 5000000",
        "1.5s, 1500000000",
        "1 second, 1000000000",
        "2m, 120000000000",
        "1 hour, 3600000000000",
        "106751 days, 9223286400000000000"
    })
    void durationsHaveUnits(String hocon, long nanoseconds) {
        assertEquals(Duration.ofNanos(nanoseconds), decode(Decoders.duration(), hocon));
    }

    @ParameterizedTest
    @CsvSource({
        "1B, 1",
        "2 bytes, 2",
        "1kB, 1000",
        "1KiB, 1024",
        "1.5MB, 1500000",
        "5GB, 5000000000",
        "1TiB, 1099511627776"
    })
    void sizesHaveUnits(String hocon, long bytes) {
        assertEquals(bytes, decode(Decoders.byteCount(), hocon));
        assertEquals(new DataSize(bytes), decode(Decoders.dataSize(), hocon));
    }

    @ParameterizedTest
    @CsvSource({"0, 0B", "1536, 1536B", "1024, 1KiB", "1000, 1kB", "5000000000, 5GB", "1099511627776, 1TiB"})
    void sizesAreShownAsAFileWritesThem(long bytes, String text) {
        DataSize size = new DataSize(bytes);
        assertEquals(text, size.toString());
        assertEquals(size, decode(Decoders.dataSize(), text));
    }

    @Test
    void sizesAreRefusedAsTheyAreWritten() {
        assertEquals("missing-unit: a size needs a unit: write `5MB`, `5GiB`, `5B`", refuse(Decoders.dataSize(), "5"));
        assertEquals("not-an-integer: `0.5B` is no whole number of `B`", refuse(Decoders.dataSize(), "0.5B"));
        assertEquals(
                "a size must not be negative: -1",
                assertThrows(IllegalArgumentException.class, () -> new DataSize(-1))
                        .getMessage());
    }

    @Test
    void urisAreChecked() {
        assertEquals(URI.create("s3://bucket/key"), decode(Decoders.uri(), "\"s3://bucket/key\""));
        assertEquals(
                "malformed-value: `a b` is no URI: illegal character in path at character 2",
                refuse(Decoders.uri(), "\"a b\""));
        assertEquals("wrong-type: expected a URI, found a list", refuse(Decoders.uri(), "[a]"));
    }

    @Test
    void patternsAreChecked() {
        assertEquals("^a.c$", decode(Decoders.pattern(), "\"^a.c$\"").pattern());
        assertEquals(
                "malformed-value: `[a-` is no regular expression: illegal character range at character 4",
                refuse(Decoders.pattern(), "\"[a-\""));
    }

    @Test
    void elementsMayBeChecked() {
        ValueDecoder<List<Integer>> decoder =
                Decoders.list(Decoders.checked(Decoders.int32(), Constraints.range(1, 9)));
        assertEquals(List.of(1, 9), decode(decoder, "[1, 9]"));
        Problem problem =
                decoder.decode(Read.text("v = [1, 10]").at("v")).problems().get(0);
        assertEquals(
                "v[1] out-of-range must be between 1 and 9",
                problem.path() + " " + problem.code().id() + " " + problem.message());
    }

    @Test
    void mapsKeepTheOrderOfTheirLines() {
        String hocon = "{\n zeta = 1\n alpha = 2\n \"a.b\" = 3\n under_score = 4 }";
        Map<String, Integer> map = decode(Decoders.map(Decoders.int32()), hocon);
        assertEquals(List.of("zeta", "alpha", "a.b", "under_score"), List.copyOf(map.keySet()));
    }

    @Test
    void setsKeepTheirOrder() {
        assertEquals(List.of("c", "a", "b"), List.copyOf(decode(Decoders.set(Decoders.string()), "[c, a, b]")));
    }

    @Test
    void everyElementIsLookedAt() {
        List<Problem> problems = Decoders.list(Decoders.int32())
                .decode(Read.text("v = [1, a, 2, b]").at("v"))
                .problems();
        assertEquals(
                List.of("v[1]", "v[3]"), problems.stream().map(Problem::path).toList());
    }

    @Test
    void anOwnDecodersReasonIsTold() {
        Decoder<Integer> even = new Decoder<>() {
            @Override
            public String expected() {
                return "an even number";
            }

            @Override
            public Integer decode(String text) {
                int number = Integer.parseInt(text);
                if (number % 2 != 0) {
                    throw new IllegalArgumentException("`" + text + "` is odd");
                }
                return number;
            }
        };
        assertEquals(4, decode(Decoders.scalar(even), "4"));
        assertEquals("malformed-value: `5` is odd", refuse(Decoders.scalar(even), "5"));
        assertEquals("wrong-type: expected an even number, found a list", refuse(Decoders.scalar(even), "[4]"));
        Problem secret = Decoders.scalar(even)
                .decode(Read.text("api-key = 5").at("api-key"))
                .problems()
                .get(0);
        assertEquals("expected an even number, found a number", secret.message());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "8 | 8",
                "5 minutes | 5 minutes",
                "[a, b] | [a, b]",
                "re:^a$ | re:^a$",
                "'' | ''",
                "encoder.** | encoder.**"
            })
    void aDefaultIsHoconOrElsePlainText(String literal, String expected) {
        Object value = ConfigCursor.literal(literal).unwrapped();
        assertEquals(expected, String.valueOf(value));
    }

    @Test
    void longTextsAreCutInMessages() {
        assertEquals(
                "wrong-type: expected an integer, found the text `" + "x".repeat(60) + "...`",
                refuse(Decoders.int32(), "x".repeat(100)));
    }
}
