package io.graft.lora.dialect;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.report.JsonDocument;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;

/** Settings as JSON: read within limits, since a stranger wrote it, and written as PEFT does. */
final class SettingsJson {
    private static final long LONGEST = 1 << 20;
    private static final int DEEPEST = 16;
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
            .build();

    private final String location;

    /** @param location for messages */
    SettingsJson(String location) {
        this.location = location;
    }

    Map<String, Object> read(Path file) {
        try {
            if (Files.size(file) > LONGEST) {
                throw refusal(
                        Reason.REFUSED,
                        "is larger than " + LONGEST + " bytes",
                        "an adapter's configuration is small",
                        null);
            }
            return parse(Files.readString(file));
        } catch (NoSuchFileException gone) {
            throw refusal(Reason.NOT_FOUND, "does not exist", "check the path", gone);
        } catch (IOException unreadable) {
            throw refusal(Reason.UNREADABLE, "cannot be read as UTF-8 text", "check the file", unreadable);
        }
    }

    Map<String, Object> parse(String text) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw malformed("is not a JSON object", null);
            }
            Map<String, Object> values = object(parser);
            if (parser.nextToken() != null) {
                throw malformed("goes on after its JSON object", null);
            }
            return values;
        } catch (StreamConstraintsException tooBig) {
            throw refusal(
                    Reason.REFUSED,
                    "nests too deep or holds a key or number that is too long",
                    "an adapter's configuration is small",
                    tooBig);
        } catch (JacksonException bad) {
            throw malformed(
                    "is not valid JSON (line " + bad.getLocation().getLineNr() + ", column "
                            + bad.getLocation().getColumnNr() + ")",
                    bad);
        }
    }

    private CheckpointException malformed(String what, Throwable cause) {
        return refusal(Reason.MALFORMED, what, AdapterSettings.AGAIN, cause);
    }

    private CheckpointException refusal(Reason reason, String what, String help, Throwable cause) {
        return new CheckpointException(reason, location, what, help, cause);
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

    /** As PEFT writes it: keys sorted, two spaces, no line feed at the end. */
    static String write(Map<String, ?> values) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(new Indented(), text)) {
            JsonDocument.writeValue(json, new TreeMap<>(values));
        }
        return text.toString();
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
