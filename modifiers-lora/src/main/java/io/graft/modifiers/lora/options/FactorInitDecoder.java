package io.graft.modifiers.lora.options;

import io.graft.config.Accepts;
import io.graft.config.reading.Decoder;

/** Decodes a {@link FactorInit}. */
@Accepts(value = "start of factors", schema = "{ \"type\": [\"string\", \"boolean\"] }")
public final class FactorInitDecoder implements Decoder<FactorInit> {
    /** As generated code makes it. */
    public FactorInitDecoder() {}

    @Override
    public String expected() {
        return "a start of factors";
    }

    @Override
    public FactorInit decode(String text) {
        return FactorInit.parse(text);
    }
}
