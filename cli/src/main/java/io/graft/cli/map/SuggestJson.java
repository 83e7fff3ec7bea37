package io.graft.cli.map;

import io.graft.Skipped;
import io.graft.modifiers.transfer.SuggestedRules.Suggested;
import io.graft.problem.Spelling;
import io.graft.report.JsonDocument;
import tools.jackson.core.JsonGenerator;

/** A proposal for programs: part of the document that {@link JsonDocument} opens. */
final class SuggestJson {
    private SuggestJson() {}

    static void write(JsonGenerator json, Proposal proposal) {
        json.writeStringProperty("from", proposal.from().uri());
        json.writeStringProperty("to", proposal.to());
        json.writeStringProperty("prefix", proposal.rules().prefix());
        json.writeArrayPropertyStart("rules");
        for (Suggested rule : proposal.rules().rules()) {
            json.writeStartObject();
            json.writeStringProperty("rule", rule.hocon());
            json.writeNumberProperty("tensors", rule.tensors());
            json.writeStringProperty("basis", Spelling.of(rule.basis()));
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeStringProperty("modifier", proposal.hocon());
        json.writeNumberProperty("filled", proposal.filled());
        json.writeNumberProperty("tensors", proposal.tensors());
        json.writeArrayPropertyStart("missing");
        proposal.missing().forEach(json::writeString);
        json.writeEndArray();
        json.writeArrayPropertyStart("unused");
        for (Skipped skipped : proposal.unused()) {
            json.writeStartObject();
            json.writeStringProperty("key", skipped.key());
            json.writeStringProperty("reason", skipped.reason().id());
            json.writeStringProperty("detail", skipped.detail());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
