package io.graft.checkpoint;

import io.graft.checkpoint.layout.ModelConfiguration;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

    /** The tie that the configuration declares for the tensors of a checkpoint beside it; empty if it declares none. */
    static Optional<DeclaredTie> between(Map<String, TensorEntry> tensors, ModelConfiguration configuration) {
        return configuration
                .file()
                .filter(file -> isDeclared(configuration.values()))
                .flatMap(file -> between(tensors, file));
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

    /** By the configuration, or by the part of it that is about text. */
    private static boolean isDeclared(Map<String, Object> values) {
        boolean isText = ModelConfiguration.object(values, "text_config")
                .filter(DeclaredTie::isDeclared)
                .isPresent();
        boolean isTied = isText || Boolean.TRUE.equals(values.get("tie_word_embeddings"));
        List<String> architectures = ModelConfiguration.texts(values, "architectures");
        boolean hasHead = !(values.get("architectures") instanceof List<?>)
                || architectures.stream().anyMatch(name -> WITH_HEAD.stream().anyMatch(name::endsWith));
        return isTied && hasHead;
    }
}
