package io.graft.lora.dialect;

import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Whose keys are that no dialect reads, by the looks of them; the first that fits a key takes it. */
public enum UnknownKeys {
    RUNNING(
            "of a running PEFT model, with the adapter's name in them",
            ".*\\.lora_((A|B)\\..+\\.(weight|bias)|(embedding_A|embedding_B|magnitude_vector)\\.(?!weight$).+)",
            "save the adapter with save_pretrained, or take its name out of the keys"),
    WITHOUT_PREFIX(
            "of PEFT without the beginning `base_model.model.`",
            ".*\\.lora_(A\\.weight|B\\.weight|B\\.bias|embedding_A|embedding_B|magnitude_vector)",
            "save the adapter with save_pretrained of the PEFT model, not of a part of it"),
    OTHER_METHOD(
            "of another method than LoRA",
            ".*\\.(hada|lokr|oft|boft|ia3|vera|hra|miss|lora_E|lora_mid|dora_scale|diff|diff_b|w_norm|b_norm).*",
            "merge it with what trained it"),
    UNKNOWN(
            "not those of an adapter",
            ".*",
            "the keys of an adapter that PEFT saved begin with `base_model.model.` and end in `.lora_A.weight`,"
                    + " `.lora_B.weight`, `.lora_embedding_A` or `.lora_embedding_B`");

    private final String whose;
    private final Pattern keys;
    private final String help;

    UnknownKeys(String whose, String keys, String help) {
        this.whose = whose;
        this.keys = Pattern.compile(keys);
        this.help = help;
    }

    /** Whose most of the keys are. */
    static UnknownKeys of(Collection<String> keys) {
        return group(keys).entrySet().stream()
                .max(Map.Entry.comparingByValue((one, other) -> Integer.compare(one.size(), other.size())))
                .map(Map.Entry::getKey)
                .orElse(UNKNOWN);
    }

    /** The keys by whose they are. */
    public static Map<UnknownKeys, List<String>> group(Collection<String> keys) {
        return keys.stream()
                .collect(Collectors.groupingBy(
                        UnknownKeys::whoseIs, () -> new EnumMap<>(UnknownKeys.class), Collectors.toList()));
    }

    private static UnknownKeys whoseIs(String key) {
        for (UnknownKeys whose : values()) {
            if (whose.keys.matcher(key).matches()) {
                return whose;
            }
        }
        return UNKNOWN;
    }

    /** Whose they are, in words. */
    public String whose() {
        return whose;
    }

    /** What to do. */
    public String help() {
        return help;
    }
}
