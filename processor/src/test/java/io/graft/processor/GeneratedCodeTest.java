package io.graft.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.testing.compile.Compilation;
import com.google.testing.compile.Compiler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.annotation.processing.SupportedAnnotationTypes;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.TypeElement;
import javax.tools.JavaFileObject;
import javax.tools.StandardLocation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratedCodeTest {
    static final JavaFileObject LORA = Compiling.source("LoraModelModifier", """
            /**
             * Adds low-rank updates. Only {@code B} and {@code A} train.
             *
             * @see ModelModifier
             */
            @Modifier(value = "lora", aliases = "org.example.Lora")
            public final class LoraModelModifier implements ModelModifier {
                public LoraModelModifier(LoraOptions options) {}
                @Override public void apply(ModelDraft model, ModifierContext context) {}
            }
            """);

    static final JavaFileObject OPTIONS = Compiling.source("LoraOptions", """
            /**
             * Options of the LoRA modifier.
             *
             * @param rank rank of the low-rank update
             * @param alpha scale of the update; the factor is {@code alpha / rank}
             * @param targetModules modules to adapt
             * @param init how the update begins
             * @param files files to read
             * @param warmup time before the update counts
             * @param ranks ranks of single modules
             * @param limits limits of the kinds
             * @param rename what to call the adapters
             */
            public record LoraOptions(
                    @Default("8") @Range(min = 1, max = 4096) int rank,
                    @Default("16") @Range(min = 0, exclusiveMin = true) double alpha,
                    @NotEmpty List<Selector> targetModules,
                    @Default("zeros") Init init,
                    List<java.nio.file.Path> files,
                    Optional<java.time.Duration> warmup,
                    Map<String, Integer> ranks,
                    Map<Init, Long> limits,
                    List<Rename> rename) {

                /** How an update begins. */
                public enum Init { ZEROS, KAIMING_UNIFORM }

                /**
                 * One new name.
                 *
                 * @param from the old name
                 * @param to the new name
                 */
                public record Rename(@NotBlank String from, @Size(min = 1, max = 99) String to) {}
            }
            """);

    @Test
    void binder() {
        assertGolden("LoraOptions_Binder.java", Compiling.generated(compile(), "com.acme.LoraOptions_Binder"));
    }

    @Test
    void provider() {
        assertGolden(
                "LoraModelModifier_Provider.java",
                Compiling.generated(compile(), "com.acme.LoraModelModifier_Provider"));
    }

    @Test
    void servicesFile() {
        assertGolden("services.txt", services(compile()));
    }

    @Test
    void correctProgramHasNoWarning() {
        assertEquals(List.of(), Compiling.messages(Compiling.compiler("-Werror").compile(LORA, OPTIONS)));
        assertEquals(List.of(), Ecj.errors(LORA, OPTIONS));
    }

    @Test
    void correctProgramHasNoWarningOfALaterJavac() {
        assumeTrue(LaterJavac.current().isPresent(), "no JDK " + LaterJavac.VERSION + " is installed beside this one");
        LaterJavac javac = LaterJavac.current().orElseThrow();

        assertEquals(List.of(), javac.compile(List.of("-Werror"), List.of(LORA, OPTIONS)));
        assertEquals(List.of(), javac.compile(List.of("-Werror"), List.of(Everything.SOURCE)));
    }

    @Test
    void errorProneFindsNothingInIt(@TempDir Path folder) throws IOException, InterruptedException {
        assertEquals(List.of(), ErrorProne.warnings(folder, LORA, OPTIONS, Everything.SOURCE));
    }

    @Test
    void componentsMayBeCalledAsTheBinderCallsItsOwnVariables() {
        JavaFileObject options = Compiling.source("Options", """
                /**
                 * @param cursor one
                 * @param object two
                 */
                public record Options(String cursor, String object) {}
                """);
        Compilation compilation = Compiling.compiler("-Werror").compile(Compiling.modifier(), options);

        assertEquals(List.of(), Compiling.messages(compilation));
        assertGolden("names/Options_Binder.java", Compiling.generated(compilation, "com.acme.Options_Binder"));
    }

    @Test
    void sameBytesInAnyOrder() {
        Compilation one = Compiling.compiler().compile(LORA, OPTIONS, Compiling.modifier(), plainOptions());
        Compilation other = Compiling.compiler().compile(plainOptions(), Compiling.modifier(), OPTIONS, LORA);

        assertEquals(services(one), services(other));
        for (String name : List.of("LoraOptions_Binder", "LoraModelModifier_Provider", "Options_Binder")) {
            assertEquals(
                    Compiling.generated(one, "com.acme." + name), Compiling.generated(other, "com.acme." + name), name);
        }
    }

    @Test
    void sharedRecordHasOneBinder() {
        JavaFileObject second = Compiling.source("OtherModelModifier", """
                /** Another. */
                @Modifier("other")
                public final class OtherModelModifier implements ModelModifier {
                    public OtherModelModifier(Options options) {}
                    @Override public void apply(ModelDraft model, ModifierContext context) {}
                }
                """);
        Compilation compilation = Compiling.compiler("-Werror").compile(Compiling.modifier(), second, plainOptions());

        assertEquals(
                List.of(
                        "/SOURCE_OUTPUT/com/acme/DemoModelModifier_Provider.java",
                        "/SOURCE_OUTPUT/com/acme/Options_Binder.java",
                        "/SOURCE_OUTPUT/com/acme/OtherModelModifier_Provider.java"),
                compilation.generatedSourceFiles().stream()
                        .map(JavaFileObject::getName)
                        .sorted()
                        .toList());
    }

    @Test
    void aRecordOfAnotherSourceFileHasItsBinderForBoth() {
        JavaFileObject second = Compiling.source("OtherModelModifier", """
                /** Another. */
                @Modifier("other")
                public final class OtherModelModifier implements ModelModifier {
                    public OtherModelModifier(Outer options) {}
                    @Override public void apply(ModelDraft model, ModifierContext context) {}
                }
                """);
        JavaFileObject outer = Compiling.source("Outer", """
                /** @param part one */
                public record Outer(Part part) {
                    /** @param name one */
                    public record Part(String name) {}
                }
                """);
        JavaFileObject options =
                Compiling.source("Options", "/** @param part one */ public record Options(Outer.Part part) {}");
        Compilation compilation = Compiling.compiler("-Werror").compile(Compiling.modifier(), second, outer, options);

        assertEquals(List.of(), Compiling.messages(compilation));
        assertEquals(
                List.of(
                        "/SOURCE_OUTPUT/com/acme/DemoModelModifier_Provider.java",
                        "/SOURCE_OUTPUT/com/acme/Options_Binder.java",
                        "/SOURCE_OUTPUT/com/acme/OtherModelModifier_Provider.java",
                        "/SOURCE_OUTPUT/com/acme/Outer_Binder.java",
                        "/SOURCE_OUTPUT/com/acme/Outer_Part_Binder.java"),
                compilation.generatedSourceFiles().stream()
                        .map(JavaFileObject::getName)
                        .sorted()
                        .toList());
    }

    @Test
    void aTypeThatAnotherProcessorGeneratesIsAwaited() {
        Compilation compilation = Compiler.javac()
                .withProcessors(new PlugAggregatingProcessor(), new PlugBindingProcessor(), new GeneratesOptions())
                .compile(Compiling.modifier());

        assertEquals(List.of(), Compiling.messages(compilation));
        assertTrue(compilation.generatedSourceFile("com.acme.Options_Binder").isPresent());
    }

    @SupportedAnnotationTypes("*")
    private static final class GeneratesOptions extends AbstractProcessor {
        private boolean done;

        @Override
        public SourceVersion getSupportedSourceVersion() {
            return SourceVersion.latestSupported();
        }

        @Override
        public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
            if (!done) {
                done = true;
                try (Writer file = processingEnv
                        .getFiler()
                        .createSourceFile("com.acme.Options")
                        .openWriter()) {
                    file.write(Compiling.text(plainOptions()));
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
            }
            return false;
        }
    }

    private static JavaFileObject plainOptions() {
        return Compiling.source(
                "Options", "/** @param name what it is called */ public record Options(String name) {}");
    }

    private static Compilation compile() {
        return Compiling.compiler().compile(LORA, OPTIONS);
    }

    private static String services(Compilation compilation) {
        return Compiling.text(compilation
                .generatedFile(StandardLocation.CLASS_OUTPUT, "META-INF/services/io.graft.registry.ModifierProvider")
                .orElseThrow());
    }

    private static void assertGolden(String name, String actual) {
        assertEquals(Golden.read(name), actual, () -> "golden/" + name + " should be:\n" + actual);
    }
}
