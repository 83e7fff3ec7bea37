package io.graft.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.ConfigFactory;
import io.graft.checkpoint.write.StateDictFormat;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An output format is named by a text, or by an object with options. */
class OutputFormatsTest {
    private final PlugRegistry registry = PlugRegistry.discover(OutputFormatsTest.class.getClassLoader());

    @Test
    void thoseOfCoreAreFoundAsThoseOfAnyJar() {
        assertEquals(
                List.of("gguf", "pytorch", "safetensors"),
                registry.outputFormats().stream().map(RegisteredPlug::id).toList());
        assertEquals(
                List.of("block-factory", "checkpoint", "torchscript"),
                registry.modelTargets().stream().map(RegisteredPlug::id).toList());
    }

    @Test
    void aTextAndAnObjectAreTheSame() {
        for (String given : List.of("pytorch", "{ type = pytorch }")) {
            if (bind(given) instanceof Bound.Ok<BoundPlug<StateDictFormat>> ok) {
                assertEquals("pytorch", ok.value().id());
                assertEquals("format", ok.value().cursor().path());
            } else {
                throw new AssertionError(bind(given).problems());
            }
        }
    }

    @Test
    void mistakes() {
        assertEquals(
                List.of("unknown-output-format format: no output format has id `pytorhc`; did you mean `pytorch`?"),
                told("pytorhc"));
        assertEquals(
                List.of("unknown-output-format format.type: no output format has id `hdf5`"), told("{ type = hdf5 }"));
        assertEquals(
                List.of("unknown-key format.level: output format `pytorch` has no key `level`"),
                told("{ type = pytorch, level = 3 }"));
        assertEquals(
                List.of("missing-key format: the format has no `type`, which says which output format it is"),
                told("{ level = 3 }"));
        assertEquals(List.of("wrong-type format: the name of an output format is a text"), told("[a]"));
        assertEquals(
                List.of("missing-key format: the format has no `type`, which says which output format it is"),
                told("{ _target_ = pytorch }"));
    }

    private List<String> told(String format) {
        return bind(format).problems().stream()
                .map(problem -> problem.code().id() + " " + problem.path() + ": " + problem.message())
                .toList();
    }

    private Bound<BoundPlug<StateDictFormat>> bind(String format) {
        return registry.outputFormat(
                ConfigCursor.of(ConfigFactory.parseString("format = " + format)).at("format"));
    }
}
