package io.graft.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.ConfigFactory;
import io.graft.config.reading.ConfigCursor;
import io.graft.registry.PlugDescriptor.OptionDescriptor;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EffectiveOptionsTest {
    private static final List<OptionDescriptor> OPTIONS = List.of(
            OptionDescriptor.of("rank", "integer", "8", false, "").withAliases("r"),
            OptionDescriptor.of("target-modules", "list of string", "", true, ""),
            OptionDescriptor.of("strict", "boolean", "true", false, "").withFormerKeys("exact"),
            OptionDescriptor.of("seed", "integer", "", false, ""),
            OptionDescriptor.of("hub-token", "string", "", false, "").asSecret(),
            OptionDescriptor.of("init", "object", "", false, ""),
            OptionDescriptor.of("init.kind", "string", "normal", false, ""),
            OptionDescriptor.of("init.std-dev", "number", "0.02", false, ""));

    @Test
    void defaultsStandForWhatIsNotGiven() {
        assertEquals("{rank=8, target-modules=[q, v], strict=true}", options("target_modules = [q, v]"));
    }

    @Test
    void everyNameOfAnOptionIsItsKeyOfToday() {
        assertEquals(
                "{rank=4, target-modules=[q], strict=false}", options("r = 4, target-modules = [q], exact = false"));
    }

    @Test
    void aNestedRecordHasItsDefaultsWhereItIsGiven() {
        assertEquals("{rank=8, strict=true, init={kind=normal, std-dev=0.5}}", options("init { std_dev = 0.5 }"));
    }

    @Test
    void secretsAreNotShown() {
        assertEquals("{rank=8, strict=true, hub-token=***}", options("hub_token = hf_abcdefgh"));
    }

    @Test
    void whatNoDescriptorTellsIsToldAsGiven() {
        assertEquals("{rank=8, strict=true, deep={a=[1, {b=x}]}}", options("type = lora, deep { a = [1, { b = x }] }"));
    }

    @Test
    void recordsInListsAreToldAsTheyAreBound() {
        assertEquals(
                "{align=[{tensor=a, dimension=0, names=[{from=x, token=***}]}, {tensor=b, dimension=1}]}",
                nested(
                        "align = [{ tensor = a, x-why = us, names = [{ from = x, token = t }] }, { at = b, dimension = 1 }]"));
    }

    @Test
    void recordsInMapsAreToldAsTheyAreBound() {
        assertEquals(
                "{layers={encoder.q={rank=8}, v={rank=2}}}", nested("layers { \"encoder.q\" {}, v { rank = 2 } }"));
    }

    @Test
    void anObjectThatIsOneOfSeveralKindsHasTheOptionsOfItsOwn() {
        assertEquals("{init={kind=normal, std-dev=0.02}}", nested("init { kind = normal }"));
        assertEquals(
                "{init={kind=constant, value=1, inner={kind=a, b=2}}}",
                nested("init { kind = constant, inner { kind = a } }"));
    }

    private static String nested(String entry) {
        List<OptionDescriptor> options = List.of(
                OptionDescriptor.of("align", "list of object", "", false, ""),
                OptionDescriptor.of("align.tensor", "string", "", true, "").withAliases("at"),
                OptionDescriptor.of("align.dimension", "integer", "0", false, ""),
                OptionDescriptor.of("align.names", "list of object", "", false, ""),
                OptionDescriptor.of("align.names.from", "string", "", true, ""),
                OptionDescriptor.of("align.names.token", "string", "", true, "").asSecret(),
                OptionDescriptor.of("layers", "map from string to object", "", false, ""),
                OptionDescriptor.of("layers.rank", "integer", "8", false, ""),
                OptionDescriptor.of("init", "object", "", false, ""),
                OptionDescriptor.of("init.kind", "one of normal, constant", "", true, ""),
                OptionDescriptor.of("init.std-dev", "number", "0.02", false, "", "if kind = normal"),
                OptionDescriptor.of("init.value", "number", "1", false, "", "if kind = constant", "at least 1"),
                OptionDescriptor.of("init.inner", "object", "", false, "", "if kind = constant"),
                OptionDescriptor.of("init.inner.kind", "one of a, b", "", true, "", "if kind = constant"),
                OptionDescriptor.of("init.inner.b", "number", "2", false, "", "if kind = constant", "if kind = a"));
        return EffectiveOptions.of(
                        ConfigCursor.of(ConfigFactory.parseString(entry)), options, Set.of("type", "_target_"))
                .toString();
    }

    private static String options(String entry) {
        return EffectiveOptions.of(
                        ConfigCursor.of(ConfigFactory.parseString(entry)), OPTIONS, Set.of("type", "_target_"))
                .toString();
    }
}
