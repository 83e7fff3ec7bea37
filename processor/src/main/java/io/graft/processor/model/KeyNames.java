package io.graft.processor.model;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The kebab-case key of a Java name. Digits belong to the word that they follow: {@code layer2Norm} is {@code
 * layer2-norm}.
 */
public final class KeyNames {
    private static final Pattern WORD_START = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_+");
    private static final Pattern NO_WORD = Pattern.compile("[^a-z0-9]+");

    private KeyNames() {}

    /** {@code submodulesToFreeze} and {@code submodules_to_freeze} give {@code submodules-to-freeze}. */
    public static String of(String javaName) {
        return WORD_START.matcher(javaName).replaceAll("-").toLowerCase(Locale.ROOT);
    }

    /** {@code KAIMING_UNIFORM} gives {@code kaiming-uniform}. */
    public static String ofConstant(String constant) {
        return constant.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The nearest id to a text that is none: {@code LoRA v2} gives {@code lora-v2}. */
    public static String nearestId(String text) {
        String words = NO_WORD.matcher(text.toLowerCase(Locale.ROOT)).replaceAll("-");
        return words.replaceAll("^[-0-9]+|-+$", "");
    }
}
