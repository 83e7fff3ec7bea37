package io.graft.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.testing.compile.Compilation;
import java.util.List;
import javax.tools.JavaFileObject;
import javax.tools.StandardLocation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResourcesTest {
    private static final String MODIFIERS = "META-INF/graft/modifiers/";

    @ParameterizedTest
    @ValueSource(strings = {"lora.conf", "lora.json", "lora.md", "lora.schema.json"})
    void files(String name) {
        assertGolden(name, resource(compile(), MODIFIERS + name));
    }

    @Test
    void nativeImageKeepsThem() {
        assertGolden(
                "reachability-metadata.json",
                resource(compile(), "META-INF/native-image/io.graft/modifiers/reachability-metadata.json"));
    }

    @Test
    void theProjectNamesTheFolderOfNativeImage() {
        Compilation compilation = compile("-Agraft.project=com.acme/acme-lora");

        assertEquals(
                resource(compile(), "META-INF/native-image/io.graft/modifiers/reachability-metadata.json"),
                resource(compilation, "META-INF/native-image/com.acme/acme-lora/reachability-metadata.json"));
    }

    @Test
    void aProjectThatIsNoFolderIsWarnedOf() {
        Compilation compilation = compile("-Agraft.project=../acme");

        assertEquals(
                List.of("[graft:unknown-option] -Agraft.project=../acme is no folder name such as com.acme/acme-lora;"
                        + " `io.graft/modifiers` is used."),
                Compiling.messages(compilation));
        assertGolden(
                "reachability-metadata.json",
                resource(compilation, "META-INF/native-image/io.graft/modifiers/reachability-metadata.json"));
    }

    @Test
    void aModifierWithoutOptions() {
        JavaFileObject modifier = Compiling.source("PlainModelModifier", """
                /** Does one thing. */
                @Modifier("plain")
                public final class PlainModelModifier implements ModelModifier {
                    public PlainModelModifier() {}
                    @Override public void apply(ModelDraft model, ModifierContext context) {}
                }
                """);
        Compilation compilation = Compiling.compiler("-Werror").compile(modifier);

        assertEquals(List.of(), Compiling.messages(compilation));
        for (String name : List.of("plain.conf", "plain.md", "plain.schema.json")) {
            assertGolden(name, resource(compilation, MODIFIERS + name));
        }
    }

    @Test
    void twoModifiersOfOneIdAreTheMistakeOfTheIdAlone() {
        JavaFileObject second = Compiling.source("OtherModelModifier", """
                /** Another. */
                @Modifier("lora")
                public final class OtherModelModifier implements ModelModifier {
                    public OtherModelModifier() {}
                    @Override public void apply(ModelDraft model, ModifierContext context) {}
                }
                """);
        Compilation compilation =
                Compiling.compiler().compile(GeneratedCodeTest.LORA, GeneratedCodeTest.OPTIONS, second);

        List<String> messages = Compiling.messages(compilation);
        assertEquals(1, messages.size(), messages::toString);
        assertTrue(messages.get(0).startsWith("[graft:duplicate-id]"), messages::toString);
    }

    @Test
    void sameBytesInAnyOrder() {
        Compilation other = Compiling.compiler().compile(GeneratedCodeTest.OPTIONS, GeneratedCodeTest.LORA);

        for (String name : List.of("lora.conf", "lora.json", "lora.md", "lora.schema.json")) {
            assertEquals(resource(compile(), MODIFIERS + name), resource(other, MODIFIERS + name), name);
        }
    }

    private static Compilation compile(Object... options) {
        return Compiling.compiler(options).compile(GeneratedCodeTest.LORA, GeneratedCodeTest.OPTIONS);
    }

    private static String resource(Compilation compilation, String path) {
        return Compiling.text(
                compilation.generatedFile(StandardLocation.CLASS_OUTPUT, path).orElseThrow());
    }

    private static void assertGolden(String name, String actual) {
        assertEquals(Golden.read(name), actual, () -> "golden/" + name + " should be:\n" + actual);
    }
}
