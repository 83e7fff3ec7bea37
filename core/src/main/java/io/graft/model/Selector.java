package io.graft.model;

import io.graft.config.DecodedBy;

/**
 * Names modules or tensors: a dotted path, in which {@code *} stands for one segment and {@code **} for any number, or
 * {@code re:} and a regular expression that must match a whole canonical name.
 */
@DecodedBy(SelectorDecoder.class)
public final class Selector {
    private final String text;

    private Selector(String text) {
        this.text = text;
    }

    /**
     * @throws IllegalArgumentException if the text is empty, has an empty segment or is not a regular expression
     */
    public static Selector parse(String text) {
        return new Selector(text);
    }

    Selection select(ModuleTree tree) {
        throw new IllegalStateException("not written yet: " + tree);
    }

    /** The selector as written. */
    @Override
    public String toString() {
        return text;
    }
}
