package io.graft.config.decoding;

import com.typesafe.config.ConfigValue;
import io.graft.config.Accepts;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.ValueDecoder;
import io.graft.config.writing.Encoders;
import io.graft.config.writing.ValueEncoder;
import io.graft.tensor.Shape;
import java.util.List;

/** Decodes a {@link Shape} from the list of its dimensions, {@code [1, 3, 224, 224]}; {@code []} is a scalar. */
@Accepts(value = "shape", schema = "{ \"type\": \"array\", \"items\": { \"type\": \"integer\", \"minimum\": 0 } }")
public final class ShapeDecoder implements ValueDecoder<Shape>, ValueEncoder<Shape> {
    private static final ValueDecoder<List<Long>> DIMENSIONS =
            Decoders.list(Decoders.checked(Decoders.int64(), Constraints.range(0, Double.POSITIVE_INFINITY)));

    /** As generated code makes it. */
    public ShapeDecoder() {}

    @Override
    public Bound<Shape> decode(ConfigCursor cursor) {
        return DIMENSIONS.decode(cursor).map(Shape::new);
    }

    @Override
    public ConfigValue encode(Shape value) {
        return Encoders.list(Encoders.number()).encode(value.dimensions());
    }
}
