package io.graft.checkpoint.carry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConfigTextTest {
    private static final String TEXT = """
            {
               "architectures" : ["LlamaForCausalLM"],
              "tie_word_embeddings":true ,
              "text_config": {"vocab_size": 32000, "torch_dtype": "float32", "deep": {"vocab_size": 1}},
              "dtype": "float32", "torch_dtype": null,
              "vocab_size": 32000,
              "quantization_config": {"quant_method": "fp8",
                 "ignore": ["lm_head"]},
              "name": "caf\\u00e9 \\"x\\" é",
              "last": 1.50
            }
            """;

    private final CarriedConfig config = new CarriedConfig(ConfigText.of(TEXT));

    @Test
    void valuesAreAsTheTextHasThem() {
        ConfigText text = config.text();
        assertEquals(Optional.of("true"), text.value("tie_word_embeddings"));
        assertEquals(Optional.of("32000"), text.value("text_config.vocab_size"));
        assertEquals(Optional.of("{\"vocab_size\": 1}"), text.value("text_config.deep"));
        assertEquals(Optional.empty(), text.value("text_config.deep.vocab_size"));
        assertEquals(Optional.of("\"caf\\u00e9 \\\"x\\\" é\""), text.value("name"));
        assertEquals(Optional.of("1.50"), text.value("last"));
        assertEquals(Optional.of("[\"LlamaForCausalLM\"]"), text.value("architectures"));
        assertEquals(List.of("text_config.vocab_size", "vocab_size"), text.keys("vocab_size"));
    }

    @Test
    void onlyTheValueChanges() {
        assertCorrected(config.untied(), "\"tie_word_embeddings\":true ,", "\"tie_word_embeddings\":false ,");
        assertCorrected(config.resized(32000, 32002), "\"vocab_size\": 32000", "\"vocab_size\": 32002");
        assertEquals(List.of(), config.resized(31999, 32002));
        assertEquals(
                new Correction("config.json", "vocab_size", Optional.of("32000"), Optional.of("32002")),
                config.resized(32000, 32002).get(1));
    }

    @Test
    void dtypesOfTheWholeAndOfPartsWhereNoneIsLeft() {
        DtypeCounts before = counts(DType.F32, 10, DType.F16, 2);
        assertCorrected(config.stored(before, counts(DType.BF16, 10, DType.F16, 2)), "\"float32\"", "\"bfloat16\"");
        List<Correction> whole = config.stored(before, counts(DType.BF16, 9, DType.F32, 1));
        assertEquals(
                List.of(new Correction(
                        "config.json", "dtype", Optional.of("\"float32\""), Optional.of("\"bfloat16\""))),
                whole);
        assertEquals(List.of(), config.stored(before, counts(DType.F32, 9, DType.F16, 3)));
        assertEquals(List.of(), config.stored(before, counts(DType.F8_E4M3, 12, DType.F16, 0)));
        assertEquals(List.of(), config.stored(before, new DtypeCounts()));
    }

    @Test
    void aKeyGoesWithItsComma() {
        assertCorrected(
                config.removed("quantization_config"),
                "\"quantization_config\": {\"quant_method\": \"fp8\",\n     \"ignore\": [\"lm_head\"]},\n  ",
                "");
        assertCorrected(config.removed("last"), ",\n  \"last\": 1.50", "");
        assertEquals(List.of(), config.removed("compression_config"));
        CarriedConfig single = new CarriedConfig(ConfigText.of("{ \"a\": {} }"));
        assertEquals("{  }", single.text().with(single.removed("a")));
    }

    @Test
    void severalCorrectionsMeetInOneText() {
        List<Correction> all = new ArrayList<>(config.resized(32000, 7));
        all.addAll(config.untied());
        all.addAll(config.removed("quantization_config"));
        String corrected = config.text().with(all);
        ConfigText read = ConfigText.of(corrected);
        assertEquals(Optional.of("7"), read.value("vocab_size"));
        assertEquals(Optional.of("7"), read.value("text_config.vocab_size"));
        assertEquals(Optional.of("false"), read.value("tie_word_embeddings"));
        assertEquals(Optional.empty(), read.value("quantization_config"));
        assertEquals(config.text().value("name"), read.value("name"));
    }

    @Test
    void aKeyGivenTwiceIsKnown() {
        ConfigText text = ConfigText.of("{\"a\": 1, \"b\": {\"a\": 2}, \"a\": 3, \"b\": {\"c\": 1}}");
        assertTrue(text.isRepeated("a"));
        assertTrue(text.isRepeated("b.c"));
        assertFalse(ConfigText.of("{\"a\": 1, \"b\": {\"a\": 2}}").isRepeated("a"));
        assertEquals(Optional.of("3"), text.value("a"));
    }

    @Test
    void whatIsNoObjectIsTold() {
        assertRefused("no JSON object", "[1]");
        assertRefused("no JSON object", "");
        assertRefused("no JSON (line 2)", "{\"a\": 1,\n b}");
        assertRefused("no JSON (line 1)", "{\"a\": 1");
        assertRefused("no JSON: it goes on after its object", "{} {}");
        assertRefused(
                "nested too deep, or has a name, text or number that is too long", "{\"a\": " + "[".repeat(100_000));
        assertRefused("no JSON (line 1)", "{\"a\": NaN}");
    }

    private void assertCorrected(List<Correction> corrections, String before, String after) {
        assertEquals(TEXT.replace(before, after), config.text().with(corrections));
        assertFalse(corrections.isEmpty());
    }

    private static void assertRefused(String message, String text) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> ConfigText.of(text));
        assertEquals(message, refused.getMessage());
    }

    private static DtypeCounts counts(DType one, int elements, DType other, int others) {
        DtypeCounts counts = new DtypeCounts();
        counts.add(one, Shape.of(elements));
        counts.add(other, Shape.of(others));
        counts.add(DType.I64, Shape.of(1000));
        return counts;
    }
}
