package io.graft.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.ConfigFactory;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.ValueDecoder;
import io.graft.model.tree.Selector;
import io.graft.model.tree.SelectorDecoder;
import io.graft.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Selectors and shapes as a configuration writes them. */
class OptionDecodersTest {
    @Test
    void aSelector() {
        ValueDecoder<Selector> decoder = Decoders.scalar(new SelectorDecoder());
        assertEquals(Selector.parse("a.*"), value(decoder, "\"a.*\""));
        assertEquals(List.of("c: expected a selector, found a list"), problems(decoder, "[a]"));
        assertEquals(List.of("c: `a..b` has an empty segment"), problems(decoder, "\"a..b\""));
    }

    @Test
    void aShape() {
        ShapeDecoder decoder = new ShapeDecoder();
        for (Shape shape : List.of(Shape.of(), Shape.of(1, 3, 224, 224), Shape.of(0, 7))) {
            assertEquals(shape, value(decoder, shape.dimensions().toString()));
            assertEquals(
                    shape.dimensions().toString(),
                    decoder.encode(shape).unwrapped().toString());
        }
        assertEquals(List.of("c[1]: must be at least 0"), problems(decoder, "[1, -1]"));
    }

    private static <T> T value(ValueDecoder<T> decoder, String text) {
        assertEquals(List.of(), problems(decoder, text));
        return ((Bound.Ok<T>) decoder.decode(cursor(text))).value();
    }

    private static List<String> problems(ValueDecoder<?> decoder, String text) {
        return decoder.decode(cursor(text)).problems().stream()
                .map(problem -> problem.path() + ": " + problem.message())
                .toList();
    }

    private static ConfigCursor cursor(String text) {
        return ConfigCursor.of(ConfigFactory.parseString("c = " + text)).at("c");
    }
}
