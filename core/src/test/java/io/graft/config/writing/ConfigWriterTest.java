package io.graft.config.writing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.ConfigFactory;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.Read;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ConfigWriterTest {
    private enum Mode {
        KEEP_ALL,
        LOAD_BUFFERS
    }

    private final ConfigWriter writer = new ConfigWriter();

    @Test
    void writesOneSortedKeyALine() {
        writer.put("rank", Encoders.number(), 8)
                .put("include", Encoders.list(Encoders.text()), List.of("a.b", "re:^c\\d$"))
                .put("by-mode", Encoders.map(Encoders.number()), Map.of(Mode.KEEP_ALL, 0.5))
                .put("ranks", Encoders.map(Encoders.number()), Map.of("encoder.layer", 4))
                .putIfPresent("warmup", Encoders.duration(), Optional.of(Duration.ofMinutes(5)))
                .putIfPresent("dtype", Encoders.text(), Optional.empty());

        assertEquals("""
                by-mode {
                    keep-all=0.5
                }
                "include"=[
                    "a.b",
                    "re:^c\\\\d$"
                ]
                rank=8
                ranks {
                    "encoder.layer"=4
                }
                warmup="5m"
                """, writer.toHocon());
    }

    @Test
    void whatItWritesIsReadBack() {
        writer.put("float", Encoders.number(), 0.1f)
                .put("double", Encoders.number(), 1e-300)
                .put("long", Encoders.number(), Long.MAX_VALUE)
                .put("byte", Encoders.number(), (byte) -1)
                .put("text", Encoders.text(), "007")
                .put("pattern", Encoders.text(), Pattern.compile("a|\"b\""))
                .put("flag", Encoders.bool(), true)
                .put("mode", Encoders.enumeration(), Mode.LOAD_BUFFERS)
                .put("set", Encoders.list(Encoders.list(Encoders.bool())), Set.of(List.of(false)));
        ConfigCursor cursor = ConfigCursor.of(ConfigFactory.parseString(writer.toHocon()));

        assertEquals(0.1f, Read.value(Decoders.float32().decode(cursor.at("float"))));
        assertEquals(1e-300, Read.value(Decoders.float64().decode(cursor.at("double"))));
        assertEquals(Long.MAX_VALUE, Read.value(Decoders.int64().decode(cursor.at("long"))));
        assertEquals((byte) -1, Read.value(Decoders.int8().decode(cursor.at("byte"))));
        assertEquals("007", Read.value(Decoders.string().decode(cursor.at("text"))));
        assertEquals(
                "a|\"b\"",
                Read.value(Decoders.pattern().decode(cursor.at("pattern"))).pattern());
        assertEquals(true, Read.value(Decoders.bool().decode(cursor.at("flag"))));
        assertEquals(
                Mode.LOAD_BUFFERS, Read.value(Decoders.enumeration(Mode.class).decode(cursor.at("mode"))));
        assertEquals(
                Set.of(List.of(false)),
                Read.value(Decoders.set(Decoders.list(Decoders.bool())).decode(cursor.at("set"))));
    }

    @Test
    void durationsHaveTheLargestUnitThatFits() {
        Map<Duration, String> written = Map.of(
                Duration.ZERO,
                "0s",
                Duration.ofDays(2),
                "2d",
                Duration.ofHours(25),
                "25h",
                Duration.ofSeconds(90),
                "90s",
                Duration.ofMillis(1500),
                "1500ms",
                Duration.ofNanos(2_000),
                "2us",
                Duration.ofNanos(Long.MAX_VALUE),
                "9223372036854775807ns");

        written.forEach((duration, text) -> {
            assertEquals(text, Encoders.duration().encode(duration).unwrapped());
            assertEquals(duration, Read.value(Decoders.duration().decode(ConfigCursor.literal(text))));
        });
        Duration tooLong = Duration.ofDays(365 * 300);
        assertEquals("9460800000s", Encoders.duration().encode(tooLong).unwrapped());
    }
}
