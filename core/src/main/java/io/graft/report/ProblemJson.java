package io.graft.report;

import io.graft.problem.Problem;
import io.graft.problem.ProblemRenderer;
import io.graft.problem.SourceRef;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** Problems for programs: a property of the document that {@link JsonDocument} opens, as {@link ReportJson} describes it. */
public final class ProblemJson {
    private ProblemJson() {}

    /** Writes {@code problems}, {@linkplain ProblemRenderer#sorted sorted}. */
    public static void write(JsonGenerator json, List<Problem> problems) {
        JsonDocument.writeArray(json, "problems", ProblemRenderer.sorted(problems), ProblemJson::write);
    }

    private static void write(JsonGenerator json, Problem problem) {
        json.writeStartObject();
        json.writeStringProperty("code", problem.code().id());
        json.writeStringProperty("severity", problem.isError() ? "error" : "warning");
        json.writeStringProperty("path", problem.path());
        problem.at().ifPresent(at -> writePlace(json, at));
        json.writeStringProperty("message", problem.message());
        json.writeStringProperty("help", problem.help());
        if (!problem.notes().isEmpty()) {
            JsonDocument.writeArray(json, "notes", problem.notes(), JsonGenerator::writeString);
        }
        json.writeEndObject();
    }

    private static void writePlace(JsonGenerator json, SourceRef at) {
        json.writeStringProperty("file", at.file());
        if (at.line() > 0) {
            json.writeNumberProperty("line", at.line());
        }
        if (at.column() > 0) {
            json.writeNumberProperty("column", at.column());
        }
    }
}
