package io.graft.checkpoint.carry;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/**
 * A JSON object as a text, of which single values are exchanged and the rest stays as it is written. Keys are those of the object,
 * and, with a dot between, those of objects in it.
 */
public final class ConfigText {
    private static final JsonFactory JSON = new JsonFactory();

    private final String text;
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final Set<String> repeated = new HashSet<>();

    /**
     * @param name where the member begins
     * @param value where its value begins
     * @param end where its value ends
     */
    private record Member(int name, int value, int end) {}

    private ConfigText(String text) {
        this.text = text;
    }

    /**
     * Reads a text.
     *
     * @throws IllegalArgumentException if it is no JSON object; the message says why
     */
    public static ConfigText of(String text) {
        ConfigText config = new ConfigText(text);
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("no JSON object");
            }
            config.read(json, "");
            if (json.nextToken() != null) {
                throw new IllegalArgumentException("no JSON: it goes on after its object");
            }
        } catch (StreamConstraintsException tooBig) {
            throw new IllegalArgumentException(
                    "nested too deep, or has a name, text or number that is too long", tooBig);
        } catch (JacksonException malformed) {
            throw new IllegalArgumentException(
                    "no JSON (line " + malformed.getLocation().getLineNr() + ")", malformed);
        }
        return config;
    }

    private void read(JsonParser json, String prefix) {
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = prefix + json.currentName();
            int name = (int) json.currentTokenLocation().getCharOffset();
            JsonToken token = json.nextToken();
            int value = (int) json.currentTokenLocation().getCharOffset();
            if (token == JsonToken.START_OBJECT && prefix.isEmpty()) {
                read(json, key + ".");
            } else {
                json.skipChildren();
                json.finishToken();
            }
            Member member = new Member(name, value, (int) json.currentLocation().getCharOffset());
            if (members.put(key, member) != null) {
                repeated.add(key);
            }
        }
    }

    /** The JSON text of a value; of a key that is given several times, the last one, as Python has it. */
    public Optional<String> value(String key) {
        return Optional.ofNullable(members.get(key)).map(member -> text.substring(member.value, member.end));
    }

    /** The keys that end in this one: itself, and that of objects in the object. */
    public List<String> keys(String last) {
        return members.keySet().stream()
                .filter(key -> key.equals(last) || key.endsWith("." + last))
                .toList();
    }

    /** Whether a key is given several times, so that nobody can tell which value a reader takes. */
    public boolean isRepeated(String key) {
        int dot = key.indexOf('.');
        return repeated.contains(key) || (dot > 0 && repeated.contains(key.substring(0, dot)));
    }

    /** The text with other values; a key of the object that is not there is added. */
    public String with(Collection<Correction> corrections) {
        List<Correction> lastFirst = new ArrayList<>(corrections);
        lastFirst.removeIf(correction -> !members.containsKey(correction.key()));
        lastFirst.sort(Comparator.<Correction>comparingInt(correction -> members.get(correction.key()).name)
                .reversed());
        StringBuilder corrected = new StringBuilder(text);
        for (Correction correction : lastFirst) {
            Member member = members.get(correction.key());
            if (correction.after().isPresent()) {
                corrected.replace(member.value, member.end, correction.after().get());
            } else {
                remove(corrected, member);
            }
        }
        corrections.stream()
                .filter(correction -> !members.containsKey(correction.key()))
                .forEach(correction -> add(corrected, correction));
        return corrected.toString();
    }

    /** As the last member of the object, on a line of its own. */
    private static void add(StringBuilder text, Correction correction) {
        int end = text.lastIndexOf("}");
        int last = skipSpace(text, end - 1, -1);
        boolean isFirst = text.charAt(last) == '{';
        text.replace(
                last + 1,
                end,
                (isFirst ? "" : ",") + "\n  \"" + correction.key() + "\": "
                        + correction.after().orElseThrow() + "\n");
    }

    /** With the comma behind it; the last one with the comma before it. */
    private static void remove(StringBuilder text, Member member) {
        int next = skipSpace(text, member.end, 1);
        if (text.charAt(next) == ',') {
            text.delete(member.name, skipSpace(text, next + 1, 1));
            return;
        }
        int before = skipSpace(text, member.name - 1, -1);
        text.delete(text.charAt(before) == ',' ? before : member.name, member.end);
    }

    private static int skipSpace(CharSequence text, int from, int step) {
        int at = from;
        while (Character.isWhitespace(text.charAt(at))) {
            at += step;
        }
        return at;
    }

    @Override
    public String toString() {
        return text;
    }
}
