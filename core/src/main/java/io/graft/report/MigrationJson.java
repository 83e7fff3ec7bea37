package io.graft.report;

import io.graft.OutputPlan;
import io.graft.Plan;
import io.graft.migration.History;
import io.graft.migration.Migrated;
import io.graft.migration.MigrationRecord;
import io.graft.problem.Spelling;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;

/** The migrations of checkpoints in a {@link ReportJson}. */
final class MigrationJson {
    private MigrationJson() {}

    /** What became of each, if there are any. */
    static void write(JsonGenerator json, List<Migrated> migrations) {
        if (migrations.isEmpty()) {
            return;
        }
        json.writeArrayPropertyStart("migrations");
        for (Migrated checkpoint : migrations) {
            checkpoint.records().forEach(record -> write(json, checkpoint.uri(), record));
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, String uri, MigrationRecord record) {
        json.writeStartObject();
        json.writeStringProperty("uri", uri);
        json.writeStringProperty("migration", record.id());
        json.writeStringProperty("origin", record.origin());
        json.writeStringProperty("outcome", outcome(record));
        if (record.outcome() == MigrationRecord.Outcome.APPLIED) {
            JsonDocument.writeArray(
                    json, "renamed", List.copyOf(record.renamed().entrySet()), MigrationJson::writeRenamed);
            JsonDocument.writeArray(json, "made", record.made(), JsonGenerator::writeString);
            JsonDocument.writeArray(json, "removed", record.removed(), JsonGenerator::writeString);
            JsonDocument.writeArray(json, "metadata", record.metadata(), JsonGenerator::writeString);
        } else if (!record.detail().isEmpty()) {
            json.writeStringProperty("detail", record.detail());
        }
        json.writeEndObject();
    }

    private static void writeRenamed(JsonGenerator json, Map.Entry<String, String> renamed) {
        json.writeStartObject();
        json.writeStringProperty("from", renamed.getKey());
        json.writeStringProperty("to", renamed.getValue());
        json.writeEndObject();
    }

    /** As files and reports spell it: {@code out-of-bounds}. */
    static String outcome(MigrationRecord record) {
        return Spelling.of(record.outcome());
    }

    /** What the written model has had, if anything. */
    static void writeHistory(JsonGenerator json, Plan plan) {
        History history = History.in(plan.output().map(OutputPlan::metadata).orElse(Map.of()));
        if (!history.had().isEmpty()) {
            json.writeName("history");
            history.write(json);
        }
    }
}
