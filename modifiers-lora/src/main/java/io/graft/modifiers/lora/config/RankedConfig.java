package io.graft.modifiers.lora.config;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.modifiers.lora.resize.ResizedUpdate;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;

/** A configuration of PEFT with other ranks: the scale of each update stays, everything else is as it was. */
public final class RankedConfig {
    private RankedConfig() {}

    /**
     * The text of the new file, as PEFT writes it: keys sorted, two spaces, no line feed at the end.
     *
     * @param file the configuration that the adapter has
     * @param config what was read of it
     * @throws CheckpointException if it tells other ranks than the adapter has
     */
    public static String of(Path file, AdapterConfig config, List<ResizedUpdate> updates) {
        Map<String, Integer> ranks = new LinkedHashMap<>();
        Map<String, Double> alphas = new LinkedHashMap<>();
        for (ResizedUpdate update : updates) {
            requireDeclared(file, config, update);
            ranks.merge(update.target(), update.to(), Math::max);
            alphas.put(update.target(), alpha(file, config, update));
        }
        int rank = mostFrequent(ranks.values().stream().toList());
        double alpha = mostFrequent(alphas.values().stream().toList());
        Map<String, Object> values = new TreeMap<>(ConfigFields.read(file).all());
        values.put("r", (long) rank);
        values.put("lora_alpha", number(alpha));
        values.put("rank_pattern", pattern(ranks, rank, value -> (long) value));
        values.put("alpha_pattern", pattern(alphas, alpha, RankedConfig::number));
        return write(values);
    }

    private static void requireDeclared(Path file, AdapterConfig config, ResizedUpdate update) {
        double declared = only(file, config.rankPattern(), update.target(), (double) config.rank());
        if (declared != update.from()) {
            throw new CheckpointException(
                    Reason.MALFORMED,
                    file,
                    "gives `" + update.target() + "` the rank " + number(declared) + ", and its factors have "
                            + update.from(),
                    "the two files may be of different adapters");
        }
    }

    private static double alpha(Path file, AdapterConfig config, ResizedUpdate update) {
        double alpha = only(file, config.alphaPattern(), update.target(), config.alpha());
        double ratio = (double) update.to() / update.from();
        return alpha * (config.rankStabilised() ? Math.sqrt(ratio) : ratio);
    }

    private static double only(Path file, NamePatterns patterns, String module, double otherwise) {
        List<Double> values = patterns.valuesOf(module);
        if (values.size() > 1) {
            throw new CheckpointException(
                    Reason.MALFORMED,
                    file,
                    "`" + patterns.key() + "` gives `" + module + "` the values " + values,
                    "keep one entry of the pattern for each module");
        }
        return values.isEmpty() ? otherwise : values.get(0);
    }

    /** The first of those that are there most often. */
    private static <T> T mostFrequent(List<T> values) {
        Map<T, Long> counts = values.stream()
                .collect(Collectors.groupingBy(value -> value, LinkedHashMap::new, Collectors.counting()));
        long most = counts.values().stream().mapToLong(count -> count).max().orElseThrow();
        return counts.entrySet().stream()
                .filter(entry -> entry.getValue() == most)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    private static <T> Map<String, Object> pattern(Map<String, T> values, T usual, Function<T, Object> shown) {
        Map<String, Object> pattern = new TreeMap<>();
        values.forEach((module, value) -> {
            if (!value.equals(usual)) {
                pattern.put(key(module, values), shown.apply(value));
            }
        });
        return pattern;
    }

    /** PEFT takes a key for an expression that the end of a name has to match; one that others match, too, is bound to the start. */
    private static String key(String module, Map<String, ?> modules) {
        Pattern expression = Pattern.compile("(.*\\.)?(" + module + ")");
        List<String> matched = new ArrayList<>();
        modules.keySet().stream()
                .filter(name -> expression.matcher(name).matches())
                .forEach(matched::add);
        return matched.size() == 1 ? module : "^" + module.replace(".", "\\.");
    }

    private static Object number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1L << 53 ? (Object) (long) value : (Object) value;
    }

    private static String write(Map<String, Object> values) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(new Indented(), text)) {
            write(json, values);
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, Object value) {
        if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            map.forEach((key, inner) -> {
                json.writeName((String) key);
                write(json, inner);
            });
            json.writeEndObject();
        } else if (value instanceof List<?> list) {
            json.writeStartArray();
            list.forEach(element -> write(json, element));
            json.writeEndArray();
        } else if (value instanceof Long number) {
            json.writeNumber(number);
        } else if (value instanceof Double number) {
            json.writeNumber(number);
        } else if (value instanceof Boolean flag) {
            json.writeBoolean(flag);
        } else if (value instanceof String string) {
            json.writeString(string);
        } else {
            json.writeNull();
        }
    }

    private static final class Indented extends ObjectWriteContext.Base {
        @Override
        public PrettyPrinter getPrettyPrinter() {
            DefaultIndenter lines = new DefaultIndenter("  ", "\n");
            return new DefaultPrettyPrinter(Separators.createDefaultInstance()
                            .withObjectNameValueSpacing(Separators.Spacing.AFTER)
                            .withObjectEmptySeparator("")
                            .withArrayEmptySeparator(""))
                    .withObjectIndenter(lines)
                    .withArrayIndenter(lines);
        }

        @Override
        public boolean hasPrettyPrinter() {
            return true;
        }
    }
}
