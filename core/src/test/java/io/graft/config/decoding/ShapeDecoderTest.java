package io.graft.config.decoding;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.ConfigFactory;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Shapes as a configuration writes them. */
class ShapeDecoderTest {
    @Test
    void aShape() {
        ShapeDecoder decoder = new ShapeDecoder();
        for (Shape shape : List.of(Shape.of(), Shape.of(1, 3, 224, 224), Shape.of(0, 7))) {
            String text = shape.dimensions().toString();
            assertEquals(shape, ((Bound.Ok<Shape>) decoder.decode(cursor(text))).value());
            assertEquals(text, decoder.encode(shape).unwrapped().toString());
        }
        assertEquals(
                List.of("c[1]: must be at least 0"),
                decoder.decode(cursor("[1, -1]")).problems().stream()
                        .map(problem -> problem.path() + ": " + problem.message())
                        .toList());
    }

    private static ConfigCursor cursor(String text) {
        return ConfigCursor.of(ConfigFactory.parseString("c = " + text)).at("c");
    }
}
