package io.graft.config.decoding;

import io.graft.config.reading.ValueDecoder;
import io.graft.tensor.DataUnits;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The units of time, in nanoseconds, and of data, in bytes. */
final class Units {
    private Units() {}

    static ValueDecoder<Duration> duration() {
        Map<String, BigDecimal> units = new HashMap<>();
        time(units, 1L, "ns", "nano", "nanosecond");
        time(units, 1_000L, "us", "micro", "microsecond");
        time(units, 1_000_000L, "ms", "milli", "millisecond");
        time(units, 1_000_000_000L, "s", "second");
        time(units, 60_000_000_000L, "m", "minute");
        time(units, 3_600_000_000_000L, "h", "hour");
        time(units, 86_400_000_000_000L, "d", "day");
        return new UnitDecoder<>(
                "a duration",
                Map.copyOf(units),
                List.of("ns", "us", "ms", "s", "m", "h", "d"),
                Map.of(),
                List.of("s", "ms", " minutes"),
                Duration::ofNanos);
    }

    static ValueDecoder<Long> dataSize() {
        Map<String, String> ambiguous = new HashMap<>();
        for (String prefix : List.of("k", "M", "G", "T")) {
            String binary = (prefix.equals("k") ? "K" : prefix) + "iB";
            String choice = "write `" + prefix + "B` (powers of 1000) or `" + binary + "` (powers of 1024)";
            ambiguous.put(prefix, choice);
            ambiguous.put(prefix.equals("k") ? "K" : prefix.toLowerCase(Locale.ROOT), choice);
        }
        return new UnitDecoder<>(
                "a size",
                DataUnits.BYTES,
                DataUnits.SYMBOLS,
                Map.copyOf(ambiguous),
                List.of("MB", "GiB", "B"),
                bytes -> bytes);
    }

    private static void time(Map<String, BigDecimal> units, long nanoseconds, String symbol, String... names) {
        BigDecimal worth = BigDecimal.valueOf(nanoseconds);
        units.put(symbol, worth);
        for (String name : names) {
            units.put(name, worth);
            units.put(name + "s", worth);
        }
    }
}
