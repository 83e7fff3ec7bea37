package io.graft.migration;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The migrations that a checkpoint has had, in their order. What Graft writes has them in its metadata, under {@value #KEY}, and in its
 * manifest: {@code [{"id":"flat-layers","signature":"9f86d081884c7d65"}]}.
 *
 * @param had signatures by ids; the signature of a migration that others have applied is empty
 */
public record History(Map<String, String> had) {
    /** The key of the metadata. */
    public static final String KEY = "graft.migrations";

    /** None. */
    public static final History NONE = new History(Map.of());

    private static final JsonFactory JSON = new JsonFactory();

    public History {
        had = Collections.unmodifiableMap(new LinkedHashMap<>(had));
    }

    /** What metadata tell; what is no such list counts as none. */
    public static History in(Map<String, String> metadata) {
        return Optional.ofNullable(metadata.get(KEY)).flatMap(History::parse).orElse(NONE);
    }

    private static Optional<History> parse(String text) {
        Map<String, String> had = new LinkedHashMap<>();
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), text)) {
            if (json.nextToken() != JsonToken.START_ARRAY) {
                return Optional.empty();
            }
            while (json.nextToken() == JsonToken.START_OBJECT) {
                Map<String, String> entry = new LinkedHashMap<>();
                while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                    String key = json.currentName();
                    if (json.nextToken() != JsonToken.VALUE_STRING) {
                        return Optional.empty();
                    }
                    entry.put(key, json.getString());
                }
                if (!entry.containsKey("id")) {
                    return Optional.empty();
                }
                had.put(entry.get("id"), entry.getOrDefault("signature", ""));
            }
            return Optional.of(new History(had));
        } catch (JacksonException malformed) {
            return Optional.empty();
        }
    }

    /** As metadata have it. */
    public String text() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            write(json);
        }
        return text.toString();
    }

    /** Writes the list. */
    public void write(JsonGenerator json) {
        json.writeStartArray();
        had.forEach((id, signature) -> {
            json.writeStartObject();
            json.writeStringProperty("id", id);
            if (!signature.isEmpty()) {
                json.writeStringProperty("signature", signature);
            }
            json.writeEndObject();
        });
        json.writeEndArray();
    }

    /** The same and one more. */
    History with(String id, String signature) {
        Map<String, String> all = new LinkedHashMap<>(had);
        all.put(id, signature);
        return new History(all);
    }

    /** The same, and those of others of which no more is known than their ids. */
    History with(List<String> ids) {
        Map<String, String> all = new LinkedHashMap<>();
        ids.forEach(id -> all.put(id, ""));
        all.putAll(had);
        return new History(all);
    }

    /** The ids, in order. */
    public List<String> ids() {
        return new ArrayList<>(had.keySet());
    }
}
