package io.graft.modifiers.lora;

import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an update is multiplied by, where the adapter has modules of two ranks: all factors are 1, so that an element is rank times scale. */
class ScaleTest {
    @TempDir
    Path folder;

    @Test
    void theRankOfThePatternDividesNotThatOfTheWholeAdapter() {
        merged("\"r\": 1, \"lora_alpha\": 8, \"rank_pattern\": {\"wide\": 4}")
                .hasValues("narrow.weight", 8)
                .hasValues("wide.weight", 4 * 8 / 4);
    }

    @Test
    void rankStabilizedItIsTheSquareRootOfThePatternsRank() {
        merged("\"r\": 1, \"lora_alpha\": 8, \"use_rslora\": true, \"rank_pattern\": {\"wide\": 4}")
                .hasValues("narrow.weight", 8)
                .hasValues("wide.weight", 4 * 8 / 2);
    }

    @Test
    void rankStabilizedWithThePatternsAlpha() {
        merged("\"r\": 4, \"lora_alpha\": 8, \"use_rslora\": true, \"rank_pattern\": {\"narrow\": 1},"
                        + " \"alpha_pattern\": {\"wide\": 6}")
                .hasValues("narrow.weight", 8)
                .hasValues("wide.weight", 4 * 6 / 2);
    }

    private ModifierRun merged(String scaling) {
        Path adapter = Fixtures.adapter(
                folder,
                ModelFixture.empty()
                        .with("base_model.model.narrow.lora_A.weight", Shape.of(1, 1), 1)
                        .with("base_model.model.narrow.lora_B.weight", Shape.of(1, 1), 1)
                        .with("base_model.model.wide.lora_A.weight", Shape.of(4, 1), 1)
                        .with("base_model.model.wide.lora_B.weight", Shape.of(1, 4), 1),
                "{\"peft_type\": \"LORA\", " + scaling + "}");
        ModelFixture model =
                ModelFixture.empty().with("narrow.weight", Shape.of(1, 1), 0).with("wide.weight", Shape.of(1, 1), 0);
        return Fixtures.merge(model, adapter).succeeds();
    }
}
