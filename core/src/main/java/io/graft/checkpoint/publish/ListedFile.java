package io.graft.checkpoint.publish;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A file in the {@code outputs} of a manifest or of the record of a part.
 *
 * @param path relative to the folder of the document
 * @param bytes its size; -1 if it is not told
 * @param sha256 its digest; empty if it is not told
 */
record ListedFile(String path, long bytes, String sha256) {
    /**
     * Those that a document lists.
     *
     * @throws IOException if it cannot be read or lists none
     */
    static List<ListedFile> read(InputStream document) throws IOException {
        try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), document)) {
            if (json.nextToken() == JsonToken.START_OBJECT) {
                while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                    boolean outputs = json.currentName().equals("outputs");
                    if (json.nextToken() == JsonToken.START_ARRAY && outputs) {
                        return readAll(json);
                    }
                    json.skipChildren();
                }
            }
        } catch (JacksonException malformed) {
            throw new IOException("no JSON", malformed);
        }
        throw new IOException("no outputs are listed");
    }

    private static List<ListedFile> readAll(JsonParser json) {
        List<ListedFile> files = new ArrayList<>();
        while (json.nextToken() == JsonToken.START_OBJECT) {
            String path = "";
            long bytes = -1;
            String sha256 = "";
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String key = json.currentName();
                JsonToken value = json.nextToken();
                if (key.equals("bytes") && value == JsonToken.VALUE_NUMBER_INT) {
                    bytes = json.getLongValue();
                } else if (key.equals("path")) {
                    path = json.getValueAsString("");
                } else if (key.equals("sha256")) {
                    sha256 = json.getValueAsString("");
                } else {
                    json.skipChildren();
                }
            }
            files.add(new ListedFile(path, bytes, sha256));
        }
        return files;
    }
}
