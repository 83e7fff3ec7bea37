package io.graft.processor.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyNamesTest {
    @ParameterizedTest
    @CsvSource({
        "rank, rank",
        "submodulesToFreeze, submodules-to-freeze",
        "submodules_to_freeze, submodules-to-freeze",
        "layer2Norm, layer2-norm",
        "hubURL, hub-url",
        "maxURLLength, max-url-length",
        "int8, int8"
    })
    void keyOfAComponent(String component, String key) {
        assertEquals(key, KeyNames.of(component));
    }

    @ParameterizedTest
    @CsvSource({"BF16, bf16", "KAIMING_UNIFORM, kaiming-uniform"})
    void spellingOfAConstant(String constant, String spelling) {
        assertEquals(spelling, KeyNames.ofConstant(constant));
    }

    @ParameterizedTest
    @CsvSource({"LoRA v2, lora-v2", "2nd_try!, nd-try", "lora, lora", "'---', ''"})
    void nearestId(String text, String id) {
        assertEquals(id, KeyNames.nearestId(text));
    }
}
