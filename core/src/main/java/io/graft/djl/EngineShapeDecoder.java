package io.graft.djl;

import ai.djl.ndarray.types.Shape;
import com.typesafe.config.ConfigValue;
import io.graft.config.Accepts;
import io.graft.config.decoding.Constraints;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.ValueDecoder;
import io.graft.config.writing.Encoders;
import io.graft.config.writing.ValueEncoder;
import java.util.Arrays;
import java.util.List;

/**
 * Decodes DJL's {@link Shape} from the list of its dimensions, {@code [-1, 3, 224, 224]}; -1 stands for any size, {@code []}
 * is a scalar. Loads no native library.
 */
@Accepts(value = "shape", schema = "{ \"type\": \"array\", \"items\": { \"type\": \"integer\", \"minimum\": -1 } }")
public final class EngineShapeDecoder implements ValueDecoder<Shape>, ValueEncoder<Shape> {
    private static final ValueDecoder<List<Long>> DIMENSIONS =
            Decoders.list(Decoders.checked(Decoders.int64(), Constraints.range(-1, Double.POSITIVE_INFINITY)));

    /** As generated code makes it. */
    public EngineShapeDecoder() {}

    @Override
    public Bound<Shape> decode(ConfigCursor cursor) {
        return DIMENSIONS.decode(cursor).map(Shape::new);
    }

    @Override
    public ConfigValue encode(Shape value) {
        return Encoders.list(Encoders.number())
                .encode(Arrays.stream(value.getShape()).boxed().toList());
    }
}
