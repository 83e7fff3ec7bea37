package io.graft.layer;

import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.graft.config.Accepts;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.ValueDecoder;
import io.graft.config.writing.ValueEncoder;
import io.graft.problem.ProblemCode;

/** Decodes {@link Names}: a text or a list of texts. */
@Accepts(
        value = "names",
        schema =
                "{ \"anyOf\": [{ \"type\": \"string\", \"minLength\": 1 }, { \"type\": \"array\", \"items\": { \"type\": \"string\", \"minLength\": 1 } }] }")
public final class NamesDecoder implements ValueDecoder<Names>, ValueEncoder<Names> {
    /** As generated code makes it. */
    public NamesDecoder() {}

    @Override
    public Bound<Names> decode(ConfigCursor cursor) {
        if (cursor.isList()) {
            return Decoders.list(Decoders.string()).decode(cursor).map(texts -> new Names(false, texts));
        }
        return cursor.text().isPresent()
                ? new Bound.Ok<>(Names.expression(cursor.text().get()))
                : new Bound.Failed<>(cursor.error(
                        ProblemCode.WRONG_TYPE, "expected a text or a list of texts", "name modules: [query, value]"));
    }

    @Override
    public ConfigValue encode(Names names) {
        return ConfigValueFactory.fromAnyRef(names.value());
    }
}
