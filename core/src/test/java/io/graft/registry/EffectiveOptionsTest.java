package io.graft.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.ConfigFactory;
import io.graft.config.ConfigCursor;
import io.graft.registry.ModifierDescriptor.OptionDescriptor;
import java.util.List;
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

    private static String options(String entry) {
        return EffectiveOptions.of(ConfigCursor.of(ConfigFactory.parseString(entry)), OPTIONS)
                .toString();
    }
}
