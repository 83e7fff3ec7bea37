package io.graft.checkpoint.safetensors;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.core.util.Separators.Spacing;

/** Writes the JSON of headers and indexes as the reference implementations do, entry by entry. */
final class HeaderJson {
    private static final JsonFactory FACTORY =
            JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

    /** As Python's {@code json.dump} with an indent of 2. */
    private static final ObjectWriteContext INDENTED = new ObjectWriteContext.Base() {
        @Override
        public PrettyPrinter getPrettyPrinter() {
            Separators separators = Separators.createDefaultInstance().withObjectNameValueSpacing(Spacing.AFTER);
            return new DefaultPrettyPrinter(separators).withObjectIndenter(new DefaultIndenter("  ", "\n"));
        }

        @Override
        public boolean hasPrettyPrinter() {
            return true;
        }
    };

    private HeaderJson() {}

    /** A header, without padding; an empty metadata map is left out. */
    static void write(List<HeaderEntry> entries, Map<String, String> metadata, OutputStream out) throws IOException {
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), out, JsonEncoding.UTF8)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectPropertyStart(HeaderParser.METADATA);
                metadata.forEach(json::writeStringProperty);
                json.writeEndObject();
            }
            for (HeaderEntry entry : entries) {
                json.writeObjectPropertyStart(entry.name());
                json.writeStringProperty("dtype", entry.dtype().name());
                json.writeArrayPropertyStart("shape");
                for (int i = 0; i < entry.shape().rank(); i++) {
                    json.writeNumber(entry.shape().dimension(i));
                }
                json.writeEndArray();
                json.writeArrayPropertyStart("data_offsets");
                json.writeNumber(entry.begin());
                json.writeNumber(entry.end());
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndObject();
        } catch (JacksonIOException io) {
            throw io.getCause();
        }
    }

    /**
     * An index.
     *
     * @param totalSize bytes of all tensors' data
     * @param shards tensor name to file name, in the order to be written
     */
    static void writeIndex(long totalSize, Map<String, String> shards, OutputStream out) throws IOException {
        try (JsonGenerator json = FACTORY.createGenerator(INDENTED, out, JsonEncoding.UTF8)) {
            json.writeStartObject();
            json.writeObjectPropertyStart("metadata");
            json.writeNumberProperty("total_size", totalSize);
            json.writeEndObject();
            json.writeObjectPropertyStart("weight_map");
            shards.forEach(json::writeStringProperty);
            json.writeEndObject();
            json.writeEndObject();
            json.writeRaw('\n');
        } catch (JacksonIOException io) {
            throw io.getCause();
        }
    }
}
