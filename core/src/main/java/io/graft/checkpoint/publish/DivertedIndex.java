package io.graft.checkpoint.publish;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.json.JsonFactory;

/** An index of shards that finds some of them elsewhere. */
final class DivertedIndex {
    private DivertedIndex() {}

    /** The shards that an index leads to; none if it leads nowhere, being no index. */
    static Set<String> shards(Path index) {
        Set<String> shards = new HashSet<>();
        try (InputStream in = Files.newInputStream(index);
                JsonParser from = new JsonFactory().createParser(ObjectReadContext.empty(), in)) {
            for (JsonToken token = from.nextToken(); token != null; token = from.nextToken()) {
                if (isShard(from, token)) {
                    shards.add(from.getString());
                }
            }
        } catch (IOException | JacksonException malformed) {
            return Set.of();
        }
        return shards;
    }

    private static boolean isShard(JsonParser index, JsonToken token) {
        TokenStreamContext outer = index.streamReadContext().getParent();
        return token == JsonToken.VALUE_STRING && outer != null && "weight_map".equals(outer.currentName());
    }

    /**
     * Writes one.
     *
     * @param index the index as it is; the folder {@code old} lies below its folder
     * @param saved names of the shards that are found in {@code old}
     * @throws IOException if the index cannot be read, or the other not be written
     */
    static void write(Path index, Path old, Set<String> saved, Path diverted) throws IOException {
        String prefix = index.getParent().relativize(old).toString().replace('\\', '/') + "/";
        JsonFactory factory = new JsonFactory();
        try (InputStream in = Files.newInputStream(index);
                OutputStream out = Files.newOutputStream(diverted);
                JsonParser from = factory.createParser(ObjectReadContext.empty(), in);
                JsonGenerator to = factory.createGenerator(ObjectWriteContext.empty(), out)) {
            for (JsonToken token = from.nextToken(); token != null; token = from.nextToken()) {
                if (isShard(from, token) && saved.contains(from.getString())) {
                    to.writeString(prefix + from.getString());
                } else {
                    to.copyCurrentEvent(from);
                }
            }
        } catch (JacksonException malformed) {
            throw new IOException(index + " is no index of shards", malformed);
        }
    }
}
