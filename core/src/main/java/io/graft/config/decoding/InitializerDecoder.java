package io.graft.config.decoding;

import io.graft.config.Accepts;
import io.graft.config.reading.Decoder;
import io.graft.tensor.Initializer;

/** Decodes an {@link Initializer} of a configuration. */
@Accepts(value = "initializer", schema = "{ \"type\": \"string\" }")
public final class InitializerDecoder implements Decoder<Initializer> {
    /** As generated code makes it. */
    public InitializerDecoder() {}

    @Override
    public String expected() {
        return "an initializer";
    }

    @Override
    public Initializer decode(String text) {
        return Initializer.parse(text);
    }
}
