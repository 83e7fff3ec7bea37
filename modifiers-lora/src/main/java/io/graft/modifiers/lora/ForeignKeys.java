package io.graft.modifiers.lora;

import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Whose keys those of an adapter are that PEFT did not save, by the looks of them; the first that fits a key takes it. */
enum ForeignKeys {
    KOHYA(
            "of kohya's scripts",
            "lora_(unet|te\\d?|transformer)_.*|.*\\.lora_(down|up)\\.weight|.*\\.alpha",
            ForeignKeys.DIFFUSERS_HELP),
    DIFFUSERS(
            "of diffusers",
            ".*(_lora|lora_linear_layer)\\.(down|up)\\.weight|(unet|text_encoder)\\..*|transformer\\.(single_)?transformer_blocks\\..*",
            ForeignKeys.DIFFUSERS_HELP),
    TORCHTUNE(
            "of torchtune",
            ".*\\.(lora_[ab]\\.weight|magnitude)",
            "save the adapter with torchtune's PEFT format (save_adapter_weights, tune_to_peft_adapter_weights)"),
    MLX("of MLX", ".*\\.lora_[ab]", "merge it with `mlx_lm.fuse`, which knows which way round its factors lie"),
    RUNNING(
            "of a running PEFT model, with the adapter's name in them",
            ".*\\.lora_((A|B)\\..+\\.(weight|bias)|(embedding_A|embedding_B|magnitude_vector)\\.(?!weight$).+)",
            "save the adapter with save_pretrained, or take its name out of the keys"),
    WITHOUT_PREFIX(
            "of PEFT without the beginning `" + AdapterKey.PREFIX + "`",
            ".*\\.lora_(A\\.weight|B\\.weight|B\\.bias|embedding_A|embedding_B|magnitude_vector)",
            "save the adapter with save_pretrained of the PEFT model, not of a part of it"),
    OTHER_METHOD(
            "of another method than LoRA",
            ".*\\.(hada|lokr|oft|boft|ia3|vera|hra|miss|lora_E).*",
            "merge it with what trained it"),
    UNKNOWN(
            "that are not those of an adapter that PEFT saved",
            ".*",
            "the keys of an adapter that PEFT saved begin with `" + AdapterKey.PREFIX
                    + "` and end in `.lora_A.weight`, `.lora_B.weight`, `.lora_embedding_A` or `.lora_embedding_B`");

    private static final String DIFFUSERS_HELP =
            "load it with diffusers and save it with PEFT's save_pretrained, or fuse it with diffusers' fuse_lora";

    private final String whose;
    private final Pattern keys;
    private final String help;

    ForeignKeys(String whose, String keys, String help) {
        this.whose = whose;
        this.keys = Pattern.compile(keys);
        this.help = help;
    }

    /** Reports keys that lora-merge does not read, one problem for each cause. */
    static void report(String uri, Collection<String> keys, Findings findings) {
        group(keys)
                .forEach((whose, own) -> findings.error(
                        ProblemCode.UNEXPECTED_TENSOR,
                        "`" + uri + "` has " + own.size() + (own.size() == 1 ? " tensor" : " tensors") + " with keys "
                                + whose.whose + ": " + FirstFew.names(own),
                        whose.help));
    }

    /** Whose most of the keys are; empty if that cannot be told. */
    static Optional<ForeignKeys> of(Collection<String> keys) {
        if (keys.stream().anyMatch(key -> key.startsWith(AdapterKey.PREFIX))) {
            return Optional.empty();
        }
        return group(keys).entrySet().stream()
                .max(Map.Entry.comparingByValue((one, other) -> Integer.compare(one.size(), other.size())))
                .map(Map.Entry::getKey)
                .filter(whose -> whose != UNKNOWN);
    }

    String whose() {
        return whose;
    }

    String help() {
        return help;
    }

    private static Map<ForeignKeys, List<String>> group(Collection<String> keys) {
        return keys.stream()
                .collect(Collectors.groupingBy(
                        ForeignKeys::whoseIs, () -> new EnumMap<>(ForeignKeys.class), Collectors.toList()));
    }

    private static ForeignKeys whoseIs(String key) {
        for (ForeignKeys whose : values()) {
            if (whose.keys.matcher(key).matches()) {
                return whose;
            }
        }
        return UNKNOWN;
    }
}
