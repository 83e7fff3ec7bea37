package io.graft.config.decoding;

import io.graft.config.DataSize;
import io.graft.config.reading.Binder;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.Constraint;
import io.graft.config.reading.Decoder;
import io.graft.config.reading.EnumDecoder;
import io.graft.config.reading.ValueDecoder;
import io.graft.problem.Problem;
import io.graft.problem.Quoting;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The decoders of the types that options have. They are exact: what would have to be rounded, cut or guessed is a problem.
 */
public final class Decoders {
    private static final ValueDecoder<Boolean> BOOL = new BooleanDecoder();
    private static final ValueDecoder<Byte> INT8 = NumberDecoder.integer(8, Long::byteValue);
    private static final ValueDecoder<Short> INT16 = NumberDecoder.integer(16, Long::shortValue);
    private static final ValueDecoder<Integer> INT32 = NumberDecoder.integer(32, Long::intValue);
    private static final ValueDecoder<Long> INT64 = NumberDecoder.integer(64, Long::longValue);
    private static final ValueDecoder<Float> FLOAT32 = NumberDecoder.float32();
    private static final ValueDecoder<Double> FLOAT64 = NumberDecoder.float64();
    private static final ValueDecoder<String> STRING = ScalarDecoder.of("a text", text -> text);
    private static final ValueDecoder<Path> PATH = new PathDecoder();
    private static final ValueDecoder<URI> URIS = ScalarDecoder.of("a URI", Decoders::parseUri);
    private static final ValueDecoder<Pattern> PATTERN =
            ScalarDecoder.of("a regular expression", Decoders::parsePattern);
    private static final ValueDecoder<Duration> DURATION = Units.duration();
    private static final ValueDecoder<Long> BYTE_COUNT = Units.dataSize();
    private static final ValueDecoder<DataSize> DATA_SIZE =
            cursor -> BYTE_COUNT.decode(cursor).map(DataSize::new);

    private Decoders() {}

    /** {@code true} or {@code false}. */
    public static ValueDecoder<Boolean> bool() {
        return BOOL;
    }

    /** Integers of 8 bits; {@code 8.0} and {@code 1e2} are integers. */
    public static ValueDecoder<Byte> int8() {
        return INT8;
    }

    /** Integers of 16 bits; {@code 8.0} and {@code 1e3} are integers. */
    public static ValueDecoder<Short> int16() {
        return INT16;
    }

    /** Integers of 32 bits; {@code 8.0} and {@code 1e3} are integers. */
    public static ValueDecoder<Integer> int32() {
        return INT32;
    }

    /** Integers of 64 bits; {@code 8.0} and {@code 1e3} are integers. */
    public static ValueDecoder<Long> int64() {
        return INT64;
    }

    /** Finite numbers of 32 bits, rounded to the nearest. */
    public static ValueDecoder<Float> float32() {
        return FLOAT32;
    }

    /** Finite numbers of 64 bits, rounded to the nearest. */
    public static ValueDecoder<Double> float64() {
        return FLOAT64;
    }

    /** Texts; a number or a boolean is the text that the file writes. */
    public static ValueDecoder<String> string() {
        return STRING;
    }

    /** Absolute paths. A relative path is relative to the file that it is written in; {@code ~} is the home directory. */
    public static ValueDecoder<Path> path() {
        return PATH;
    }

    /** URIs. */
    public static ValueDecoder<URI> uri() {
        return URIS;
    }

    /** Regular expressions of {@link Pattern}. */
    public static ValueDecoder<Pattern> pattern() {
        return PATTERN;
    }

    /** Durations of whole nanoseconds, with unit: {@code 5s}, {@code 1.5 hours}. */
    public static ValueDecoder<Duration> duration() {
        return DURATION;
    }

    /** Sizes in bytes, with unit: {@code kB} to {@code TB} are powers of 1000, {@code KiB} to {@code TiB} of 1024. */
    public static ValueDecoder<Long> byteCount() {
        return BYTE_COUNT;
    }

    /** Sizes as {@link #byteCount} decodes them. */
    public static ValueDecoder<DataSize> dataSize() {
        return DATA_SIZE;
    }

    /** The constants of an enum, in kebab-case; read in snake_case and in upper case, too. */
    public static <E extends Enum<E>> ValueDecoder<E> enumeration(Class<E> type) {
        return new EnumDecoder<>(type);
    }

    /** A type with a decoder of its own, see {@link io.graft.config.DecodedBy}. */
    public static <T> ValueDecoder<T> scalar(Decoder<T> decoder) {
        return new ScalarDecoder<>(decoder);
    }

    /** Lists. */
    public static <T> ValueDecoder<List<T>> list(ValueDecoder<T> element) {
        return element.inList();
    }

    /** Lists in which no element comes twice. */
    public static <T> ValueDecoder<Set<T>> set(ValueDecoder<T> element) {
        return element.inSet();
    }

    /** Objects whose keys are data. */
    public static <T> ValueDecoder<Map<String, T>> map(ValueDecoder<T> value) {
        return value.inMap();
    }

    /** Objects whose keys are the constants of an enum, in kebab-case. */
    public static <K extends Enum<K>, T> ValueDecoder<Map<K, T>> map(Class<K> keys, ValueDecoder<T> value) {
        return value.inMap(keys);
    }

    /** Objects with a record of their own. */
    public static <T> ValueDecoder<T> nested(Binder<T> binder) {
        return new NestedDecoder<>(binder);
    }

    /**
     * Values that keep a constraint, for the elements of a collection; those of a key are {@link
     * io.graft.config.reading.KeyBinding#check}ed.
     */
    public static <T> ValueDecoder<T> checked(ValueDecoder<T> decoder, Constraint<? super T> constraint) {
        return cursor -> {
            Bound<T> bound = decoder.decode(cursor);
            List<Problem> broken = bound instanceof Bound.Ok<T> ok ? constraint.check(ok.value(), cursor) : List.of();
            return broken.isEmpty() ? bound : new Bound.Failed<>(broken);
        };
    }

    /** The value as it is, for whoever reads it later. */
    public static ValueDecoder<ConfigCursor> cursor() {
        return Bound.Ok::new;
    }

    private static URI parseUri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(
                    Quoting.quote(text) + " is no URI: " + Quoting.lowerFirst(e.getReason()) + " at character "
                            + (e.getIndex() + 1),
                    e);
        }
    }

    private static Pattern parsePattern(String text) {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            String place = e.getIndex() < 0 ? "" : " at character " + (e.getIndex() + 1);
            throw new IllegalArgumentException(
                    Quoting.quote(text) + " is no regular expression: " + Quoting.lowerFirst(e.getDescription())
                            + place,
                    e);
        }
    }
}
