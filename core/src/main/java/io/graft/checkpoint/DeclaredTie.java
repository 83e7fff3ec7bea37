package io.graft.checkpoint;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A tie that transformers' {@code config.json} beside a checkpoint tells of ({@code tie_word_embeddings}): the output embedding
 * of a language model is its input embedding, and is as a rule not in the file at all.
 *
 * <p>Only what is sure counts: one input embedding, named as transformers' language models name it, and no output embedding of its own.
 *
 * @param name the output embedding; the file may lack it
 * @param tensor the input embedding, which the file has
 * @param config the file that tells it
 */
public record DeclaredTie(String name, String tensor, Path config) {
    private static final String CONFIG = "config.json";
    private static final long LONGEST = 16L << 20;
    private static final JsonFactory JSON = new JsonFactory();

    /** What is before the input embedding's own path is before the output embedding's as well. */
    private static final Map<Pattern, String> HEADS = Map.of(
            Pattern.compile("(.*\\.)??(?:model|transformer)\\.(?:language_model\\.)?"
                    + "(?:embed_tokens|wte|word_embeddings|shared)\\.weight"),
            "lm_head.weight",
            Pattern.compile("()shared\\.weight"),
            "lm_head.weight",
            Pattern.compile("(.*\\.)?gpt_neox\\.embed_in\\.weight"),
            "embed_out.weight");

    /** Output embeddings of any model. */
    private static final Pattern ANY_HEAD =
            Pattern.compile("(?:.*\\.)?(?:lm_head|embed_out|proj_out)\\.(?:.*\\.)?weight|output\\.weight");

    /** Ends of the names of classes that have an output embedding. */
    private static final List<String> WITH_HEAD = List.of("ForCausalLM", "LMHeadModel", "ForConditionalGeneration");

    /** The tie that the configuration in a folder declares for the tensors of a checkpoint there; empty if it declares none. */
    static Optional<DeclaredTie> in(Path folder, Map<String, TensorEntry> tensors) {
        Path config = folder.resolve(CONFIG);
        return isDeclared(config) ? between(tensors, config) : Optional.empty();
    }

    private static Optional<DeclaredTie> between(Map<String, TensorEntry> tensors, Path config) {
        List<DeclaredTie> possible = tensors.values().stream()
                .filter(entry -> entry.shape().rank() == 2)
                .flatMap(entry -> HEADS.entrySet().stream()
                        .map(rule -> Map.entry(rule.getKey().matcher(entry.name()), rule.getValue()))
                        .filter(rule -> rule.getKey().matches())
                        .map(rule -> new DeclaredTie(prefix(rule.getKey()) + rule.getValue(), entry.name(), config)))
                .toList();
        if (possible.size() != 1) {
            return Optional.empty();
        }
        DeclaredTie tie = possible.get(0);
        List<TensorEntry> heads = tensors.values().stream()
                .filter(entry -> ANY_HEAD.matcher(entry.name()).matches())
                .toList();
        boolean shown = heads.size() == 1
                && heads.get(0).name().equals(tie.name)
                && heads.get(0).storage().equals(tensors.get(tie.tensor).storage());
        return heads.isEmpty() || shown ? Optional.of(tie) : Optional.empty();
    }

    private static String prefix(Matcher matched) {
        return Optional.ofNullable(matched.group(1)).orElse("");
    }

    /** What is no such configuration declares nothing. */
    private static boolean isDeclared(Path config) {
        try {
            if (!Files.isRegularFile(config) || Files.size(config) > LONGEST) {
                return false;
            }
            try (Reader text = Files.newBufferedReader(config);
                    JsonParser json = JSON.createParser(ObjectReadContext.empty(), text)) {
                return json.nextToken() == JsonToken.START_OBJECT && isDeclared(json);
            }
        } catch (IOException | JacksonException unusable) {
            return false;
        }
    }

    /** In the object that was entered, or in the part of it that is about text. */
    private static boolean isDeclared(JsonParser json) {
        boolean tied = false;
        boolean hasHead = true;
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = json.currentName();
            JsonToken value = json.nextToken();
            if (key.equals("tie_word_embeddings")) {
                tied |= value == JsonToken.VALUE_TRUE;
            } else if (key.equals("text_config") && value == JsonToken.START_OBJECT) {
                tied |= isDeclared(json);
            } else if (key.equals("architectures") && value == JsonToken.START_ARRAY) {
                hasHead = anyWithHead(json);
            } else {
                json.skipChildren();
            }
        }
        return tied && hasHead;
    }

    private static boolean anyWithHead(JsonParser json) {
        boolean found = false;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            found |= json.currentToken() == JsonToken.VALUE_STRING
                    && WITH_HEAD.stream().anyMatch(json.getString()::endsWith);
            json.skipChildren();
        }
        return found;
    }
}
