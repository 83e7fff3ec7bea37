package io.graft.checkpoint.carry;

import io.graft.checkpoint.layout.ModelConfiguration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which files beside a model belong to it, by their names: those by which transformers and sentence-transformers load a model and
 * its tokenizer, and the licence that it comes under. Never weights, and never code.
 */
final class CarryRule {
    /** A larger file is no configuration and no vocabulary. */
    static final long LARGEST = 128L << 20;

    /** What says of nothing but how the weights are quantized, beside a configuration that may say nothing of it. */
    private static final Set<String> OF_QUANTIZATION =
            Set.of("quantize_config.json", "quant_config.json", "hf_quant_config.json");

    private static final Set<String> NAMES = Set.of(
            ModelConfiguration.NAME,
            "generation_config.json",
            "preprocessor_config.json",
            "processor_config.json",
            "video_preprocessor_config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "added_tokens.json",
            "vocab.json",
            "vocab.txt",
            "merges.txt",
            "normalizer.json",
            "bpe.codes",
            "entity_vocab.json",
            "tekken.json",
            "chat_template.jinja",
            "chat_template.json",
            "modules.json",
            "config_sentence_transformers.json",
            "sentence_bert_config.json");
    private static final Pattern LICENCES = Pattern.compile("(LICENSE|LICENCE|NOTICE)(\\.(txt|md))?");
    private static final Pattern VOCABULARIES = Pattern.compile(".+\\.(model|spm|tiktoken)");
    private static final Pattern TEMPLATES = Pattern.compile(".+\\.jinja");
    private static final Pattern WEIGHTS =
            Pattern.compile(".+\\.(safetensors|bin|pt|pth|ckpt|h5|msgpack|onnx|gguf|npz|params)");

    private CarryRule() {}

    /** Whether a file of the model's folder, or of one that its {@code modules.json} names, goes along. */
    static boolean carries(String name) {
        return NAMES.contains(name)
                || tellsOfQuantization(name)
                || LICENCES.matcher(name).matches()
                || VOCABULARIES.matcher(name).matches();
    }

    /** Whether a file only tells how weights are quantized, so that it belongs to no model whose weights are not. */
    static boolean tellsOfQuantization(String name) {
        return OF_QUANTIZATION.contains(name);
    }

    /** Whether a file of {@code additional_chat_templates} goes along. */
    static boolean carriesTemplate(String name) {
        return TEMPLATES.matcher(name).matches();
    }

    static boolean isWeights(String name) {
        return WEIGHTS.matcher(name).matches();
    }

    /** Whether the content of a vocabulary is one: {@code x.model} is what people call all kinds of things. */
    static boolean mayBeVocabulary(String name, int firstByte) {
        // SentencePiece's are messages whose first field is the list of pieces.
        return !List.of("model", "spm").contains(name.substring(name.lastIndexOf('.') + 1)) || firstByte == 0x0a;
    }
}
