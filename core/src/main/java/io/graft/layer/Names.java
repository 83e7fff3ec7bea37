package io.graft.layer;

import io.graft.config.DecodedBy;
import java.util.List;

/**
 * Names of modules, as PEFT has them: a list of names and dotted ends of names, or one regular expression.
 *
 * @param isExpression whether it is a single text, and not a list
 * @param texts the names; of an expression, the one text
 */
@DecodedBy(NamesDecoder.class)
public record Names(boolean isExpression, List<String> texts) {
    /** Every linear layer, where the expression is this word. */
    public static final String ALL_LINEAR = "all-linear";

    public Names {
        texts = List.copyOf(texts);
        if (isExpression && texts.size() != 1) {
            throw new IllegalArgumentException("an expression is one text");
        }
    }

    /** A list of names and dotted ends of names. */
    public static Names of(String... names) {
        return new Names(false, List.of(names));
    }

    /** A regular expression that a whole name has to match; or {@link #ALL_LINEAR}. */
    public static Names expression(String text) {
        return new Names(true, List.of(text));
    }

    /** Whether every linear layer is meant. */
    public boolean isAllLinear() {
        return isExpression && texts.get(0).equals(ALL_LINEAR);
    }

    /** As PEFT's configuration has it. */
    public Object value() {
        return isExpression ? texts.get(0) : texts;
    }
}
