package io.graft.tensor;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The units that amounts of data are written in, wherever a person writes one: {@code 5GB}, {@code 500 MiB}. */
public final class DataUnits {
    /** Their symbols, as messages name them. */
    public static final List<String> SYMBOLS = List.of("B", "kB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB");

    /** What each is worth in bytes. */
    public static final Map<String, BigDecimal> BYTES = Map.ofEntries(
            Map.entry("B", BigDecimal.ONE),
            Map.entry("byte", BigDecimal.ONE),
            Map.entry("bytes", BigDecimal.ONE),
            Map.entry("kB", decimal(1)),
            Map.entry("MB", decimal(2)),
            Map.entry("GB", decimal(3)),
            Map.entry("TB", decimal(4)),
            Map.entry("KiB", binary(1)),
            Map.entry("MiB", binary(2)),
            Map.entry("GiB", binary(3)),
            Map.entry("TiB", binary(4)));

    private static final Pattern AMOUNT = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,18})?)\\s*(\\p{Alpha}+)");

    private DataUnits() {}

    /** The bytes that a text stands for; empty if it is no whole number of them with a unit, or too many. */
    public static OptionalLong parse(String text) {
        Matcher amount = AMOUNT.matcher(text.strip());
        BigDecimal unit = amount.matches() ? BYTES.get(amount.group(2)) : null;
        if (unit == null) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(
                    new BigDecimal(amount.group(1)).multiply(unit).longValueExact());
        } catch (ArithmeticException fraction) {
            return OptionalLong.empty();
        }
    }

    private static BigDecimal decimal(int power) {
        return BigDecimal.TEN.pow(3 * power);
    }

    private static BigDecimal binary(int power) {
        return BigDecimal.valueOf(2).pow(10 * power);
    }
}
