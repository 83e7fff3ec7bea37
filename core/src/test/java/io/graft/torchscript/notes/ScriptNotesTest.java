package io.graft.torchscript.notes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.model.parametrization.Sharing;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScriptNotesTest {
    private static final String SETTINGS = "{\"r\":8,\"target_modules\":[\"a\",\"b\",\"c\"]}";

    /** What one adapter says of all its weights grows with them: said with each, it would make notes that grow with their square. */
    @Test
    void whatManyParametrizationsSayStandsOnce() {
        ScriptNotes notes = notes(entry("a"), entry("b"), entry("c"));
        String text = notes.text();
        assertEquals(2, text.split("target_modules", -1).length, text);
        assertEquals(notes, ScriptNotes.parse(text));
    }

    @Test
    void aRemarkThatIsNotThereIsNotUnderstood() {
        String text = notes(entry("a")).text().replace("\"settings\":1", "\"settings\":7");
        assertThrows(IndexOutOfBoundsException.class, () -> ScriptNotes.parse(text));
    }

    private static ScriptNotes notes(ScriptNotes.Entry... entries) {
        return new ScriptNotes(Map.of(), List.of(entries), List.of(), List.of(), Map.of());
    }

    private static ScriptNotes.Entry entry(String module) {
        return new ScriptNotes.Entry(
                module + ".weight",
                "default",
                "lora",
                "of rank 8",
                Map.of("path", module, "settings", SETTINGS),
                List.of(new ScriptNotes.Slot("lora_A", module + ".lora_A.default", Sharing.TENSOR)),
                new FormNotes(Map.of("form", "value")));
    }
}
