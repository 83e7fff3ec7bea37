package io.graft.model.tree;

import io.graft.config.reading.Decoder;

/** Decodes a {@link Selector} of a configuration. */
public final class SelectorDecoder implements Decoder<Selector> {
    /** As generated code makes it. */
    public SelectorDecoder() {}

    @Override
    public String expected() {
        return "a selector";
    }

    @Override
    public Selector decode(String text) {
        return Selector.parse(text);
    }
}
