package io.graft.djl;

import com.typesafe.config.ConfigValue;
import io.graft.config.Accepts;
import io.graft.config.decoding.Decoders;
import io.graft.config.decoding.ShapeDecoder;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.ValueDecoder;
import io.graft.config.writing.ValueEncoder;
import io.graft.problem.ProblemCode;
import io.graft.tensor.Shape;
import java.util.List;

/** Decodes the shape of a real input, which is never empty, as a tensor may be. */
@Accepts(value = "shape", schema = "{ \"type\": \"array\", \"items\": { \"type\": \"integer\", \"minimum\": 1 } }")
public final class InputShapeDecoder implements ValueDecoder<Shape>, ValueEncoder<Shape> {
    private static final ValueDecoder<List<Long>> DIMENSIONS = Decoders.list(Decoders.int64());

    /** As generated code makes it. */
    public InputShapeDecoder() {}

    @Override
    public Bound<Shape> decode(ConfigCursor cursor) {
        Bound<List<Long>> dimensions = DIMENSIONS.decode(cursor);
        if (dimensions instanceof Bound.Ok<List<Long>> ok && ok.value().stream().anyMatch(dimension -> dimension < 1)) {
            return new Bound.Failed<>(cursor.error(
                    ProblemCode.OUT_OF_RANGE,
                    "the shape " + ok.value() + " has a dimension below 1",
                    "give sizes of a real input, with the batch dimension: [[1, 3, 224, 224]]"));
        }
        return dimensions.map(Shape::new);
    }

    @Override
    public ConfigValue encode(Shape value) {
        return new ShapeDecoder().encode(value);
    }
}
