package io.graft.report;

import io.graft.checkpoint.carry.Correction;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** Values of carried files that are exchanged, as the array {@code corrected} of a document. */
public final class CorrectionJson {
    private CorrectionJson() {}

    /** Writes the array, if there are any. */
    public static void write(JsonGenerator json, List<Correction> corrections) {
        if (!corrections.isEmpty()) {
            JsonDocument.writeArray(json, "corrected", corrections, CorrectionJson::write);
        }
    }

    private static void write(JsonGenerator json, Correction correction) {
        json.writeStartObject();
        json.writeStringProperty("file", correction.file());
        json.writeStringProperty("key", correction.key());
        correction.before().ifPresent(before -> json.writeStringProperty("before", before));
        correction.after().ifPresent(after -> json.writeStringProperty("after", after));
        json.writeEndObject();
    }
}
