package io.graft.report;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.PrettyPrinter;

/**
 * Indents objects of one document with line feeds of one kind, and keeps arrays such as shapes on their line. Jackson's own joins
 * its separators in a way for which the JVM makes a dozen classes, in each process anew.
 */
final class IndentedJson implements PrettyPrinter {
    private static final String STEP = "  ";

    private int depth;

    @Override
    public void writeRootValueSeparator(JsonGenerator json) {
        json.writeRaw(' ');
    }

    @Override
    public void writeStartObject(JsonGenerator json) {
        json.writeRaw('{');
        depth++;
    }

    @Override
    public void beforeObjectEntries(JsonGenerator json) {
        breakLine(json);
    }

    @Override
    public void writeObjectNameValueSeparator(JsonGenerator json) {
        json.writeRaw(": ");
    }

    @Override
    public void writeObjectEntrySeparator(JsonGenerator json) {
        json.writeRaw(',');
        breakLine(json);
    }

    @Override
    public void writeEndObject(JsonGenerator json, int entries) {
        depth--;
        if (entries > 0) {
            breakLine(json);
        } else {
            json.writeRaw(' ');
        }
        json.writeRaw('}');
    }

    @Override
    public void writeStartArray(JsonGenerator json) {
        json.writeRaw('[');
    }

    @Override
    public void beforeArrayValues(JsonGenerator json) {
        json.writeRaw(' ');
    }

    @Override
    public void writeArrayValueSeparator(JsonGenerator json) {
        json.writeRaw(", ");
    }

    @Override
    public void writeEndArray(JsonGenerator json, int values) {
        if (values > 0) {
            json.writeRaw(' ');
        }
        json.writeRaw(']');
    }

    private void breakLine(JsonGenerator json) {
        json.writeRaw('\n');
        for (int i = 0; i < depth; i++) {
            json.writeRaw(STEP);
        }
    }
}
