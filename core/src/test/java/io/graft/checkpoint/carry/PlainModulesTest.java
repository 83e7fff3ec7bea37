package io.graft.checkpoint.carry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Entries mean what transformers takes them for. */
class PlainModulesTest {
    /** {@code should_convert_module} of transformers 5.18, the other way round. */
    private static boolean isSkipped(String entry, String module) {
        return Pattern.compile(entry + "\\.").matcher(module).lookingAt()
                || Pattern.compile(entry).matcher(module).lookingAt()
                || module.endsWith(entry);
    }

    @Test
    void aNameThatMeansNoOtherIsItself() {
        assertEquals(
                List.of("lm_head", "model.embed_tokens"),
                PlainModules.entries(
                        List.of("lm_head", "model.embed_tokens"),
                        List.of("model.layers.0.q_proj", "model.layers.1.q_proj")));
    }

    @Test
    void aNameThatIsTheBeginningOfAnotherIsAnExpression() {
        List<String> quantized = List.of(
                "model.layers.0.mlp.gate_proj",
                "model.layers.2.mlp.up_proj",
                "model.layers.10.mlp.up_proj",
                "model.layersX1");
        List<String> plain = List.of("model.layers.0.mlp.gate", "model.layers.1", "up_proj");
        List<String> entries = PlainModules.entries(plain, quantized);
        assertEquals(
                List.of("(.*[.])?model[.]layers[.]0[.]mlp[.]gate$", "(.*[.])?model[.]layers[.]1$", "up_proj$"),
                entries);
        for (int i = 0; i < plain.size(); i++) {
            assertTrue(isSkipped(entries.get(i), plain.get(i)));
            assertEquals(i < 2, isSkipped(entries.get(i), "whole." + plain.get(i)));
        }
        for (String module : quantized) {
            entries.forEach(entry -> assertFalse(isSkipped(entry, module), entry + " " + module));
        }
    }

    @Test
    void aDotMeansAnyCharacter() {
        List<String> quantized = List.of("mlp_gate.up_proj");
        List<String> entries = PlainModules.entries(List.of("mlp.gate"), quantized);
        assertEquals(List.of("(.*[.])?mlp[.]gate$"), entries);
        assertTrue(isSkipped("mlp.gate", quantized.get(0)));
        assertFalse(isSkipped(entries.get(0), quantized.get(0)));
    }

    /** Names of models that are no identifiers. */
    @Test
    void charactersOfExpressionsStandForThemselves() {
        for (String name : List.of("a[0].w", "a(b)", "a^b", "a\\b", "a+b", "a|b", "a$", "a{2}")) {
            String entry = PlainModules.entries(List.of(name), List.of()).get(0);
            assertTrue(isSkipped(entry, name), entry);
            assertFalse(isSkipped(entry, name + "b"), entry);
            assertFalse(isSkipped(entry, "aab"), entry);
        }
    }
}
