package io.graft.modifiers.lora.options;

import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.graft.config.Accepts;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.ValueDecoder;
import io.graft.config.writing.ValueEncoder;
import io.graft.problem.ProblemCode;
import java.util.List;

/** Decodes {@link Layers}: a number or a list of numbers. */
@Accepts(
        value = "layers",
        schema =
                "{ \"anyOf\": [{ \"type\": \"integer\", \"minimum\": 0 }, { \"type\": \"array\", \"items\": { \"type\": \"integer\", \"minimum\": 0 } }] }")
public final class LayersDecoder implements ValueDecoder<Layers>, ValueEncoder<Layers> {
    /** As generated code makes it. */
    public LayersDecoder() {}

    @Override
    public Bound<Layers> decode(ConfigCursor cursor) {
        Bound<List<Long>> numbers = cursor.isList()
                ? Decoders.list(Decoders.int64()).decode(cursor)
                : Decoders.int64().decode(cursor).map(List::of);
        if (numbers instanceof Bound.Ok<List<Long>> ok && ok.value().stream().anyMatch(number -> number < 0)) {
            return new Bound.Failed<>(
                    cursor.error(ProblemCode.OUT_OF_RANGE, "must not be below 0", "layers are numbered from 0"));
        }
        return numbers.map(Layers::new);
    }

    @Override
    public ConfigValue encode(Layers layers) {
        return ConfigValueFactory.fromAnyRef(layers.numbers());
    }
}
