package io.graft.modifiers.lora.config;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/** The top-level keys of an adapter's configuration, in the file's order; values are texts, numbers, flags, lists and maps. */
final class ConfigFields {
    private static final long LONGEST = 1 << 20;
    private static final int DEEPEST = 16;
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
            .build();

    private final Path file;
    private final Map<String, Object> values;

    private ConfigFields(Path file, Map<String, Object> values) {
        this.file = file;
        this.values = values;
    }

    static ConfigFields read(Path file) {
        try {
            if (Files.size(file) > LONGEST) {
                throw new CheckpointException(
                        Reason.REFUSED,
                        file,
                        "is larger than " + LONGEST + " bytes",
                        "an adapter's configuration is small");
            }
            try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), Files.readString(file))) {
                if (parser.nextToken() != JsonToken.START_OBJECT) {
                    throw malformed(file, "is not a JSON object");
                }
                Map<String, Object> values = object(parser);
                if (parser.nextToken() != null) {
                    throw malformed(file, "goes on after its JSON object");
                }
                return new ConfigFields(file, values);
            }
        } catch (StreamConstraintsException tooBig) {
            throw new CheckpointException(
                    Reason.REFUSED,
                    file,
                    "nests too deep or holds a key or number that is too long",
                    "an adapter's configuration is small");
        } catch (JacksonException bad) {
            throw malformed(
                    file,
                    "is not valid JSON (line " + bad.getLocation().getLineNr() + ", column "
                            + bad.getLocation().getColumnNr() + ")");
        } catch (NoSuchFileException gone) {
            throw new CheckpointException(Reason.NOT_FOUND, file, "does not exist", "check the path", gone);
        } catch (IOException unreadable) {
            throw new CheckpointException(
                    Reason.UNREADABLE, file, "cannot be read as UTF-8 text", "check the file", unreadable);
        }
    }

    Path file() {
        return file;
    }

    Collection<String> keys() {
        return values.keySet();
    }

    /** Every key with its value. */
    Map<String, Object> all() {
        return values;
    }

    /** The value as JSON has it; null for {@code null} and for a key that is not there. */
    Object get(String key) {
        return values.get(key);
    }

    /** Whether the key asks for anything: PEFT writes null, false or something empty for what is off. */
    boolean isOn(String key) {
        Object value = values.get(key);
        return !(value == null
                || Boolean.FALSE.equals(value)
                || "".equals(value)
                || (value instanceof Map<?, ?> map && map.isEmpty())
                || (value instanceof List<?> list && list.isEmpty()));
    }

    boolean flag(String key) {
        Object value = values.get(key);
        if (value != null && !(value instanceof Boolean)) {
            throw wrong(key, "true or false");
        }
        return Boolean.TRUE.equals(value);
    }

    double number(String key) {
        if (isNumber(values.get(key))) {
            return ((Number) values.get(key)).doubleValue();
        }
        throw wrong(key, "a number that 32 bits hold");
    }

    long positive(String key) {
        if (values.get(key) instanceof Long number && number > 0) {
            return number;
        }
        throw wrong(key, "a whole number above 0");
    }

    /** The elements of a list of texts; empty if the key is off. */
    List<String> texts(String key) {
        if (!isOn(key)) {
            return List.of();
        }
        if (values.get(key) instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
            return list.stream().map(String.class::cast).toList();
        }
        throw wrong(key, "a list of texts");
    }

    /** The entries of an object whose values are numbers; empty if the key is off. */
    Map<String, Number> numbers(String key) {
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

    private static boolean isNumber(Object value) {
        return value instanceof Number number && Float.isFinite(number.floatValue());
    }

    CheckpointException wrong(String key, String expected) {
        return malformed(
                file,
                values.containsKey(key)
                        ? "`" + key + "` must be " + expected + ", and is " + values.get(key)
                        : "lacks `" + key + "`, " + expected);
    }

    private static CheckpointException malformed(Path file, String what) {
        return new CheckpointException(Reason.MALFORMED, file, what, "save the adapter again with PEFT");
    }

    private static Object value(JsonParser parser) {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT ->
                parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                        ? (Object) parser.getDoubleValue()
                        : (Object) parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }

    private static Map<String, Object> object(JsonParser parser) {
        Map<String, Object> object = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = parser.currentName();
            parser.nextToken();
            object.put(key, value(parser));
        }
        return object;
    }

    private static List<Object> array(JsonParser parser) {
        List<Object> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(value(parser));
        }
        return array;
    }
}
