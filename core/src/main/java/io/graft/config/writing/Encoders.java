package io.graft.config.writing;

import com.typesafe.config.ConfigValueFactory;
import io.graft.problem.Spelling;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;

/**
 * The encoders of the types that options have, each the reverse of its namesake in {@link io.graft.config.decoding.Decoders}.
 */
public final class Encoders {
    private static final long[] NANOSECONDS = {
        86_400_000_000_000L, 3_600_000_000_000L, 60_000_000_000L, 1_000_000_000L, 1_000_000L, 1_000L, 1L
    };
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);
    private static final String[] SYMBOLS = {"d", "h", "m", "s", "ms", "us", "ns"};

    private Encoders() {}

    /** Values that are written as one text: their {@code toString}, which their decoder has to read. */
    public static ValueEncoder<Object> text() {
        return value -> ConfigValueFactory.fromAnyRef(value.toString());
    }

    /**
     * Values of a type with a decoder of its own: the decoder itself, if it is a {@link ValueEncoder} too; else {@link #text()}.
     *
     * @param <T> what the decoder decodes, as its {@code encoder} method says it
     */
    @SuppressWarnings("unchecked")
    public static <T> ValueEncoder<T> reversing(Object decoder) {
        return decoder instanceof ValueEncoder<?> encoder ? (ValueEncoder<T>) encoder : text()::encode;
    }

    /** {@code true} or {@code false}. */
    public static ValueEncoder<Boolean> bool() {
        return ConfigValueFactory::fromAnyRef;
    }

    /** Numbers of every type; a {@code float} is its shortest decimal. */
    public static ValueEncoder<Number> number() {
        return value -> ConfigValueFactory.fromAnyRef(
                value instanceof Double || value instanceof Float
                        ? (Number) Double.valueOf(value.toString())
                        : (Number) value.longValue());
    }

    /**
     * Durations in the largest unit in which they are whole numbers; in seconds one of more than 292 years, which no file can
     * give.
     */
    public static ValueEncoder<Duration> duration() {
        return value -> ConfigValueFactory.fromAnyRef(
                value.abs().compareTo(LONGEST) > 0 ? value.toSeconds() + "s" : withUnit(value.toNanos()));
    }

    /** The constants of enums, in kebab-case. */
    public static ValueEncoder<Enum<?>> enumeration() {
        return constant -> ConfigValueFactory.fromAnyRef(Spelling.of(constant));
    }

    /** Lists and sets, in their order. */
    public static <T> ValueEncoder<Collection<? extends T>> list(ValueEncoder<T> element) {
        return element.forElements();
    }

    /** Maps with texts or the constants of an enum as keys. */
    public static <T> ValueEncoder<Map<?, ? extends T>> map(ValueEncoder<T> value) {
        return value.forEntries();
    }

    /** Records. */
    public static <T> ValueEncoder<T> nested(RecordWriter<T> record) {
        return value -> ConfigWriter.of(record, value).toObject();
    }

    static String key(Object key) {
        return key instanceof Enum<?> constant ? Spelling.of(constant) : key.toString();
    }

    private static String withUnit(long nanoseconds) {
        int unit = 0;
        while (nanoseconds % NANOSECONDS[unit] != 0) {
            unit++;
        }
        return nanoseconds == 0 ? "0s" : nanoseconds / NANOSECONDS[unit] + SYMBOLS[unit];
    }
}
