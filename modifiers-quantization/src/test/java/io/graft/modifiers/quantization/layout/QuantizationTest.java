package io.graft.modifiers.quantization.layout;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.layout.ModelConfiguration;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QuantizationTest {
    private static Quantization ignoring(String... entries) {
        return Quantization.of(new ModelConfiguration(
                Optional.empty(), "", Map.of("quantization_config", Map.of("ignore", List.of(entries))), ""));
    }

    @Test
    void anEntryIsAModuleOrAnExpression() {
        Quantization says = ignoring("lm_head", "re:.*\\.gate", "re:(");
        assertTrue(says.ignores("lm_head"));
        assertTrue(says.ignores("lm_head.proj"));
        assertTrue(says.ignores("layers.0.gate"));
        assertFalse(says.ignores("lm_header"));
        assertFalse(says.ignores("layers.0.gate.x"));
    }

    @Test
    void anExpressionThatBacktracksWithoutEndMatchesNothing() {
        Quantization says = ignoring("re:" + "(.*)".repeat(12) + "b");
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> assertFalse(says.ignores("a".repeat(60))));
    }
}
