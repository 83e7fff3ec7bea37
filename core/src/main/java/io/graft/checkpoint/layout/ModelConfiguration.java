package io.graft.checkpoint.layout;

import io.graft.tensor.DType;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/**
 * The configuration that transformers keeps beside a model, as {@code config.json}, read once for ties, for layouts and for what goes
 * along. It comes from where the model comes from and is not trusted: it is read within limits, and what is of another type than
 * expected counts as absent.
 *
 * @param file where it lies; empty if there is none
 * @param text as it is written; empty if it cannot be read
 * @param values what it says: texts, numbers, flags, lists and maps; empty if it cannot be read
 * @param flaw why it cannot be read; empty if it can, or there is none
 */
public record ModelConfiguration(Optional<Path> file, String text, Map<String, Object> values, String flaw) {
    /** The name of the file. */
    public static final String NAME = "config.json";

    /** There is none. */
    public static final ModelConfiguration NONE = new ModelConfiguration(Optional.empty(), "", Map.of(), "");

    private static final long LONGEST = 16L << 20;
    private static final int DEEPEST = 64;
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
            .build();

    private static final Map<String, DType> DTYPES =
            Map.of("bfloat16", DType.BF16, "float16", DType.F16, "float32", DType.F32, "float64", DType.F64);

    /** What the folder of a model says. */
    public static ModelConfiguration in(Path folder) {
        return in(folder, NAME);
    }

    /** What another file of the folder says, as old repositories have {@code quantize_config.json}. */
    public static ModelConfiguration in(Path folder, String name) {
        Path file = folder.resolve(name);
        return Files.isRegularFile(file) ? of(file) : NONE;
    }

    /** What a file says that lies elsewhere, or has another name. */
    public static ModelConfiguration of(Path file) {
        try {
            if (Files.size(file) > LONGEST) {
                return flawed(Optional.of(file), "is too large for a configuration, " + Files.size(file) + " bytes");
            }
            String text = Files.readString(file);
            return new ModelConfiguration(Optional.of(file), text, read(text), "");
        } catch (IllegalArgumentException malformed) {
            return flawed(Optional.of(file), "is " + malformed.getMessage());
        } catch (CharacterCodingException malformed) {
            return flawed(Optional.of(file), "is not UTF-8");
        } catch (IOException unreadable) {
            return flawed(Optional.of(file), "cannot be read (" + unreadable.getMessage() + ")");
        }
    }

    /**
     * One that is there and cannot be had.
     *
     * @param flaw why, as the end of a sentence
     */
    public static ModelConfiguration flawed(Optional<Path> file, String flaw) {
        return new ModelConfiguration(file, "", Map.of(), flaw);
    }

    /** The JSON object that a text is; empty if it is none. */
    public static Optional<Map<String, Object>> parse(String text) {
        try {
            return Optional.of(read(text));
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    private static Map<String, Object> read(String text) {
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("no JSON object");
            }
            Map<String, Object> values = object(json);
            if (json.nextToken() != null) {
                throw new IllegalArgumentException("no JSON: it goes on after its object");
            }
            return values;
        } catch (StreamConstraintsException tooBig) {
            throw new IllegalArgumentException(
                    "nested too deep, or has a name, text or number that is too long", tooBig);
        } catch (JacksonException malformed) {
            throw new IllegalArgumentException(
                    "no JSON (line " + malformed.getLocation().getLineNr() + ")", malformed);
        }
    }

    private static Map<String, Object> object(JsonParser json) {
        Map<String, Object> values = new LinkedHashMap<>();
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = json.currentName();
            Object value = value(json, json.nextToken());
            if (value != null) {
                values.put(key, value);
            }
        }
        return values;
    }

    private static List<Object> list(JsonParser json) {
        List<Object> values = new ArrayList<>();
        for (JsonToken next = json.nextToken(); next != JsonToken.END_ARRAY; next = json.nextToken()) {
            Object value = value(json, next);
            if (value != null) {
                values.add(value);
            }
        }
        return values;
    }

    /** Null for null. */
    private static Object value(JsonParser json, JsonToken token) {
        return switch (token) {
            case START_OBJECT -> object(json);
            case START_ARRAY -> list(json);
            case VALUE_STRING -> json.getString();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> json.getNumberValue();
            default -> null;
        };
    }

    /** The dtype of the values, as {@code dtype} or {@code torch_dtype} tells it, of the model or of its part for text. */
    public Optional<DType> dtype() {
        return Stream.of(Optional.of(values), object(values, "text_config"))
                .flatMap(Optional::stream)
                .flatMap(part -> Stream.of(dtype(part, "dtype"), dtype(part, "torch_dtype")))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** The floating-point type under a key, as PyTorch spells it: {@code bfloat16}. */
    public static Optional<DType> dtype(Map<String, Object> object, String key) {
        return text(object, key).map(DTYPES::get);
    }

    /** What it says of quantization; empty if nothing. */
    public Optional<Map<String, Object>> quantization() {
        return object(values, "quantization_config")
                .or(() -> object(values, "text_config").flatMap(text -> object(text, "quantization_config")))
                .or(() -> object(values, "compression_config"));
    }

    /** The text under a key. */
    public static Optional<String> text(Map<String, Object> object, String key) {
        return Optional.ofNullable(object.get(key))
                .filter(String.class::isInstance)
                .map(String.class::cast);
    }

    /** The whole number under a key. */
    public static Optional<Long> whole(Map<String, Object> object, String key) {
        return Optional.ofNullable(object.get(key))
                .filter(value -> value instanceof Integer || value instanceof Long)
                .map(value -> ((Number) value).longValue());
    }

    /** The list of whole numbers under a key; empty where anything else is in it. */
    public static Optional<List<Long>> wholes(Map<String, Object> object, String key) {
        if (!(object.get(key) instanceof List<?> list)
                || !list.stream().allMatch(value -> value instanceof Integer || value instanceof Long)) {
            return Optional.empty();
        }
        return Optional.of(
                list.stream().map(value -> ((Number) value).longValue()).toList());
    }

    /** The texts of the list under a key. */
    public static List<String> texts(Map<String, Object> object, String key) {
        return object.get(key) instanceof List<?> list
                ? list.stream()
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .toList()
                : List.of();
    }

    /** The object under a key. */
    @SuppressWarnings("unchecked")
    public static Optional<Map<String, Object>> object(Map<String, Object> object, String key) {
        return Optional.ofNullable(object.get(key))
                .filter(Map.class::isInstance)
                .map(value -> (Map<String, Object>) value);
    }
}
