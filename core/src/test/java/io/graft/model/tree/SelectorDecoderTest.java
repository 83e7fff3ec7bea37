package io.graft.model.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.ConfigFactory;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.ValueDecoder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Selectors as a configuration writes them. */
class SelectorDecoderTest {
    @Test
    void aSelector() {
        ValueDecoder<Selector> decoder = Decoders.scalar(new SelectorDecoder());
        assertEquals(Selector.parse("a.*"), value(decoder, "\"a.*\""));
        assertEquals(List.of("c: expected a selector, found a list"), problems(decoder, "[a]"));
        assertEquals(List.of("c: `a..b` has an empty segment"), problems(decoder, "\"a..b\""));
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
