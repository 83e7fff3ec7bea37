package io.graft.problem;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionsTest {
    @ParameterizedTest
    @CsvSource({
        "alhpa,  alpha", // two neighbours swapped
        "alph,   alpha", // one missing
        "alphaa, alpha", // one too many
        "alpga,  alpha", // another one
        "ALPHA,  alpha", // case
        "al-pha, alpha",
        "quantisation, quantization",
        "targetModules, target-modules",
        "rk,     rank-", // too far
        "xyz,    alpha-"
    })
    void nearWordsAreFound(String word, String expected) {
        boolean far = expected.endsWith("-");
        String candidate = far ? expected.substring(0, expected.length() - 1) : expected;
        List<String> found = far ? List.of() : List.of(candidate);
        assertEquals(found, Suggestions.near(word, List.of(candidate, "submodules-to-freeze")));
    }

    @Test
    void aWordOfThreeLettersMayDifferInOneAndOfSixInTwo() {
        assertEquals(List.of("abd"), Suggestions.near("abc", List.of("abd", "ade")));
        assertEquals(List.of("abcdxy"), Suggestions.near("abcdef", List.of("abcdxy", "abcxyz")));
    }

    @Test
    void theNearestComeFirstThenSortedAtMostThree() {
        assertEquals(
                List.of("layer1", "layer2", "layer3"),
                Suggestions.near("layer", List.of("layer4", "layer3", "xlayer1", "layer2", "layer1")));
        assertEquals(
                "did you mean `layer1` or `layer2`?", Suggestions.didYouMean("layer", List.of("layer2", "layer1")));
        assertEquals("", Suggestions.didYouMean("rank", List.of("warmup")));
    }

    @Test
    void theClosestOfAFewWordsMayBeFarButNotForeign() {
        assertEquals(Optional.of("fp16"), Suggestions.closest("fp8", List.of("bf16", "fp16", "fp32")));
        assertEquals(Optional.empty(), Suggestions.closest("zzz", List.of("bf16", "fp16", "fp32")));
        assertEquals(Optional.empty(), Suggestions.closest("", List.of("bf16")));
    }
}
