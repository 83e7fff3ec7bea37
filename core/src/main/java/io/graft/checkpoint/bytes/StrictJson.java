package io.graft.checkpoint.bytes;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.TensorName;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/**
 * JSON of a file that is not trusted, token by token: strict UTF-8 without byte order mark, no extension of the grammar,
 * whole numbers only. Memory does not grow with the document, and nothing recurses.
 */
public final class StrictJson implements AutoCloseable {
    private static final int LONGEST_NAME = 1 << 16;
    private static final int LONGEST_TEXT = 20_000_000;
    private static final int MOST_DIGITS = 18;

    // Names are distinct tensors' names, so a table of seen names would only grow.
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNameLength(LONGEST_NAME)
                    .maxStringLength(LONGEST_TEXT)
                    .build())
            .build();

    private final JsonParser parser;
    private final Refusals refusals;
    private final String document;

    /** @param document what the text is, as messages name it: {@code the header} */
    public StrictJson(InputStream utf8, Refusals refusals, String document) {
        // A decoder of our own: the parser's would guess UTF-16 or UTF-32 and let broken UTF-8 pass.
        InputStreamReader reader = new InputStreamReader(
                utf8,
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT));
        this.parser = FACTORY.createParser(ObjectReadContext.empty(), reader);
        this.refusals = refusals;
        this.document = document;
    }

    /** Enters the object on top. */
    public void enterDocument() throws IOException {
        if (next() != JsonToken.START_OBJECT) {
            throw refusals.malformed(document + " is not a JSON object");
        }
    }

    /**
     * Enters the object that is the value of the current key.
     *
     * @param place the key's place, for messages
     */
    public void enterObject(Object place) throws IOException {
        expect(JsonToken.START_OBJECT, place, "an object");
    }

    /** Enters the object that is the value of the current key; false if that is null. */
    public boolean enterObjectOrNull(Object place) throws IOException {
        JsonToken token = next();
        if (token != JsonToken.START_OBJECT && token != JsonToken.VALUE_NULL) {
            throw refusals.malformed(place + " must be an object or null");
        }
        return token == JsonToken.START_OBJECT;
    }

    /** Enters the next object of the array entered last; false at its end. */
    public boolean nextObject(Object place) throws IOException {
        JsonToken token = next();
        if (token != JsonToken.START_OBJECT && token != JsonToken.END_ARRAY) {
            throw refusals.malformed(place + " must hold objects");
        }
        return token == JsonToken.START_OBJECT;
    }

    /** The boolean that is the value of the current key. */
    public boolean flag(Object place) throws IOException {
        JsonToken token = next();
        if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
            throw refusals.malformed(place + " must be true or false");
        }
        return token == JsonToken.VALUE_TRUE;
    }

    /** The whole number that is the value of the current key. */
    public long whole(Object place) throws IOException {
        return whole(next(), place);
    }

    /** Moves to the next key of the object entered last; null at its end. */
    public String nextKey() throws IOException {
        String key = nextField();
        return key == null ? null : wellFormed(key);
    }

    /** The same, where the reader knows which keys there are and refuses any other, so that it is not looked at further. */
    public String nextField() throws IOException {
        return next() == JsonToken.PROPERTY_NAME ? parser.currentName() : null;
    }

    /** The text that is the value of the current key. */
    public String text(Object place) throws IOException {
        expect(JsonToken.VALUE_STRING, place, "a text");
        return string();
    }

    /** The value of the current key as text if it is one plain value; what is nested is passed over and gives null. */
    public String scalar() throws IOException {
        JsonToken token = next();
        if (token.isStructStart()) {
            for (int depth = 1; depth > 0; ) {
                token = next();
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            }
            return null;
        }
        return string();
    }

    /** Enters the array that is the value of the current key. */
    public void enterArray(Object place) throws IOException {
        expect(JsonToken.START_ARRAY, place, "a list");
    }

    /** The next whole number of the array entered last, or -1 at its end. */
    public long nextWhole(Object place) throws IOException {
        JsonToken token = next();
        return token == JsonToken.END_ARRAY ? -1 : whole(token, place);
    }

    private long whole(JsonToken token, Object place) throws IOException {
        // "-0" has the value of a whole number, but is none in the format's grammar.
        if (token != JsonToken.VALUE_NUMBER_INT || parser.getStringCharacters()[parser.getStringOffset()] == '-') {
            throw refusals.malformed(place + " must hold whole numbers from 0 on, written plainly");
        }
        if (parser.getStringLength() > MOST_DIGITS) {
            throw refusals.refused(place + " holds a number of more than " + MOST_DIGITS + " digits");
        }
        return parser.getLongValue();
    }

    /** Checks that nothing follows the object on top. */
    public void leaveDocument() throws IOException {
        if (next() != null) {
            throw refusals.malformed(document + " goes on after its JSON object");
        }
    }

    @Override
    public void close() {
        parser.close();
    }

    private void expect(JsonToken token, Object place, String kind) throws IOException {
        if (next() != token) {
            throw refusals.malformed(place + " must be " + kind);
        }
    }

    private JsonToken next() throws IOException {
        try {
            JsonToken token = parser.nextToken();
            // A text is otherwise decoded when it is asked for, and its errors would show there.
            parser.finishToken();
            return token;
        } catch (StreamConstraintsException tooBig) {
            throw tooBig();
        } catch (JacksonIOException io) {
            if (io.getCause() instanceof CharacterCodingException) {
                throw refusals.malformed(document + " is not UTF-8");
            }
            throw io.getCause();
        } catch (JacksonException bad) {
            throw refusals.malformed(document + " is not valid JSON (at character "
                    + bad.getLocation().getCharOffset() + ")");
        }
    }

    /** The parser counts the characters of a long text only now. */
    private String string() throws IOException {
        try {
            return wellFormed(parser.getString());
        } catch (StreamConstraintsException tooBig) {
            throw tooBig();
        }
    }

    private CheckpointException tooBig() {
        return refusals.refused(document + " nests too deep or holds a name, text or number that is too long");
    }

    private String wellFormed(String text) {
        String flaw = TensorName.flaw(text);
        if (flaw != null) {
            throw refusals.malformed(
                    document + " holds a text that " + flaw + ": '" + TensorName.printable(text) + "'");
        }
        return text;
    }
}
