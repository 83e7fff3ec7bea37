package io.graft.lora.dialect;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.layer.NamePatterns;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an adapter says about its tensors, under the names that PEFT's configuration has: {@code r}, {@code lora_alpha}, {@code
 * rank_pattern}, {@code use_dora} and so on. Values are texts, whole numbers as {@code Long}, other numbers as {@code Double}, flags,
 * lists and maps; nothing is checked before it is asked for.
 */
public final class AdapterSettings {
    static final String AGAIN = "save the adapter again";

    private static final String RANK = "r";
    private static final String ALPHA = "lora_alpha";
    private static final String RANKS = "rank_pattern";
    private static final String ALPHAS = "alpha_pattern";

    private final String location;
    private final Map<String, Object> values;
    private NamePatterns<Double> ranks;
    private NamePatterns<Double> alphas;

    private AdapterSettings(String location, Map<String, ?> values) {
        this.location = location;
        this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /**
     * Settings that come from elsewhere than a file of their own.
     *
     * @param location of what they come from, for messages
     */
    public static AdapterSettings of(String location, Map<String, ?> values) {
        return new AdapterSettings(location, values);
    }

    /**
     * Reads a JSON file.
     *
     * @throws CheckpointException if it cannot be read or is no JSON object, or an unreasonable one
     */
    public static AdapterSettings read(Path file) {
        return new AdapterSettings(file.toString(), new SettingsJson(file.toString()).read(file));
    }

    /**
     * Reads JSON that stands in another file.
     *
     * @throws CheckpointException if it is no JSON object, or an unreasonable one
     */
    public static AdapterSettings parse(String location, String json) {
        return new AdapterSettings(location, new SettingsJson(location).parse(json));
    }

    /** The same, told of another location. */
    public AdapterSettings at(String otherLocation) {
        return new AdapterSettings(otherLocation, values);
    }

    /** The same with some values given; null takes one away. */
    public AdapterSettings with(Map<String, ?> given) {
        Map<String, Object> all = new LinkedHashMap<>(values);
        given.forEach((key, value) -> {
            if (value == null) {
                all.remove(key);
            } else {
                all.put(key, value);
            }
        });
        return new AdapterSettings(location, all);
    }

    /**
     * The same with other ranks and alphas: the usual ones as {@code r} and {@code lora_alpha}, others in patterns.
     *
     * @param byRank by the names that patterns know modules by
     * @param byAlpha by the same names
     */
    public AdapterSettings withRanks(Map<String, Integer> byRank, Map<String, Double> byAlpha) {
        return byRank.isEmpty() ? this : with(ModuleNumbers.settings(byRank, byAlpha));
    }

    /** A number as settings have it, and as PEFT writes it: a {@code Long} if it is whole, so that it has no point. */
    public static Object plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1L << 53 ? (Object) (long) value : (Object) value;
    }

    /** Where they come from, for messages. */
    public String location() {
        return location;
    }

    /** Every key with its value, in order; null where JSON has it. */
    public Map<String, Object> values() {
        return values;
    }

    public Set<String> keys() {
        return values.keySet();
    }

    /** The value; null for JSON's {@code null} and for a key that is not there. */
    // A compiler that does not find JSpecify leaves its annotations out.
    @SuppressWarnings("exports")
    public @Nullable Object get(String key) {
        return values.get(key);
    }

    /** Whether the key asks for anything: PEFT writes null, false or something empty for what is off. */
    public boolean isOn(String key) {
        Object value = values.get(key);
        return !(value == null
                || Boolean.FALSE.equals(value)
                || "".equals(value)
                || (value instanceof Map<?, ?> map && map.isEmpty())
                || (value instanceof List<?> list && list.isEmpty()));
    }

    /** True or false; false if it is not there. */
    public boolean flag(String key) {
        Object value = values.get(key);
        if (value != null && !(value instanceof Boolean)) {
            throw wrong(key, "true or false");
        }
        return Boolean.TRUE.equals(value);
    }

    /** The text, if it is one. */
    public Optional<String> text(String key) {
        return values.get(key) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    /** A number that has to be there. */
    public double number(String key) {
        if (isNumber(values.get(key))) {
            return ((Number) values.get(key)).doubleValue();
        }
        throw wrong(key, "a number that 32 bits hold");
    }

    /** A whole number above 0 that has to be there. */
    public long positive(String key) {
        if (values.get(key) instanceof Long number && number > 0) {
            return number;
        }
        throw wrong(key, "a whole number above 0");
    }

    /** The elements of a list of texts; empty if the key is off. */
    public List<String> texts(String key) {
        if (!isOn(key)) {
            return List.of();
        }
        if (values.get(key) instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
            return list.stream().map(String.class::cast).toList();
        }
        throw wrong(key, "a list of texts");
    }

    /** The entries of an object whose values are numbers; empty if the key is off. */
    public Map<String, Number> numbers(String key) {
        Map<String, Number> numbers = new LinkedHashMap<>();
        if (isOn(key)) {
            if (!(values.get(key) instanceof Map<?, ?> map)) {
                throw wrong(key, "an object of numbers");
            }
            map.forEach((name, value) -> {
                if (!isNumber(value)) {
                    throw wrong(key, "an object of numbers that 32 bits hold");
                }
                numbers.put((String) name, (Number) value);
            });
        }
        return numbers;
    }

    /** The same numbers, for the modules whose names end as the entries' names say. */
    public NamePatterns<Double> patterns(String key) {
        Map<String, Double> numbers = new LinkedHashMap<>();
        numbers(key).forEach((pattern, number) -> numbers.put(pattern, number.doubleValue()));
        return NamePatterns.of(key, numbers, location);
    }

    private static boolean isNumber(Object value) {
        return value instanceof Number number && Float.isFinite(number.floatValue());
    }

    /** Whether the denominator of scales is the square root of the rank. */
    public boolean isRankStabilised() {
        return flag("use_rslora");
    }

    /**
     * The numerator of an update's scale.
     *
     * @param module what patterns know it by
     * @param rank by its factors
     * @throws CheckpointException if it has another rank by the settings, or several alphas
     */
    public double alpha(String module, long rank) {
        if (ranks == null) {
            ranks = patterns(RANKS);
            alphas = patterns(ALPHAS);
        }
        double declared = only(ranks, module).orElseGet(() -> (double) positive(RANK));
        if (declared != rank) {
            throw refusal(
                    Reason.MALFORMED,
                    "gives `" + module + "` the rank " + plain(declared) + ", and its factors have " + rank,
                    "the two files may be of different adapters");
        }
        return only(alphas, module).orElseGet(() -> number(ALPHA));
    }

    /** What an update's product is multiplied by; as {@link #alpha}. */
    public double scale(String module, long rank) {
        return alpha(module, rank) / (isRankStabilised() ? Math.sqrt((double) rank) : rank);
    }

    private Optional<Double> only(NamePatterns<Double> patterns, String module) {
        List<Double> found = patterns.valuesOf(module);
        if (found.size() > 1) {
            throw refusal(
                    Reason.MALFORMED,
                    "`" + patterns.key() + "` gives `" + module + "` the values " + found,
                    "keep one entry of the pattern for each module");
        }
        return found.stream().findFirst();
    }

    /** As PEFT writes it: keys sorted, two spaces, no line feed at the end. */
    public String json() {
        return SettingsJson.write(values);
    }

    /** That a value is none of what is allowed. */
    public CheckpointException wrong(String key, String expected) {
        return refusal(
                Reason.MALFORMED,
                values.containsKey(key)
                        ? "`" + key + "` must be " + expected + ", and is " + values.get(key)
                        : "lacks `" + key + "`, " + expected,
                AGAIN);
    }

    /** An exception that tells where they come from. */
    public CheckpointException refusal(Reason reason, String what, String help) {
        return new CheckpointException(reason, location, what, help, null);
    }
}
