package io.graft.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.testing.compile.Compilation;
import java.util.List;
import javax.tools.JavaFileObject;
import javax.tools.StandardLocation;
import org.junit.jupiter.api.Test;

/** What is generated for an output format. */
class OutputFormatsTest {
    private static final JavaFileObject FORMAT = Compiling.source(
            "AcmeFormat", """
            /** Files of Acme. */
            @OutputFormat("acme")
            public final class AcmeFormat implements StateDictFormat {
                /** @param level how hard it tries */
                public record Options(@Default("3") int level) {}
                public AcmeFormat(Options options) {}
                @Override public String fileName() { return "model.acme"; }
                @Override public List<String> extensions() { return List.of(".acme"); }
                @Override public boolean isDivisible() { return false; }
                @Override public boolean keepsMetadata(String key) { return false; }
                @Override public boolean keepsTies() { return false; }
                @Override public List<WrittenFile> write(
                        Path folder, OutputStateDict stateDict, long maxShardSize, WriteOptions options) {
                    return List.of();
                }
            }
            """.replace("StateDictFormat {", "io.graft.checkpoint.write.StateDictFormat {")
                    .replace("<WrittenFile>", "<io.graft.checkpoint.write.WrittenFile>")
                    .replace(
                            "Path folder, OutputStateDict",
                            "java.nio.file.Path folder, io.graft.checkpoint.write.OutputStateDict")
                    .replace("WriteOptions options", "io.graft.checkpoint.write.WriteOptions options"));

    @Test
    void isFoundBySampleSchemaAndService() {
        Compilation compilation = Compiling.compiler("-Werror").compile(FORMAT);

        assertEquals(List.of(), Compiling.messages(compilation));
        assertEquals(
                "com.acme.AcmeFormat_Provider # com.acme.AcmeFormat\n",
                resource(compilation, "META-INF/services/io.graft.registry.OutputFormatProvider"));
        assertEquals("""
                # Files of Acme.
                # A key that is commented out shows its default or, where it has none, its form.
                graft.output.format {
                  type = acme

                  # how hard it tries (integer)
                  #level = 3
                }
                """, resource(compilation, "META-INF/graft/formats/acme.conf"));
        String schema = resource(compilation, "META-INF/graft/formats/acme.schema.json");
        assertTrue(schema.contains("""
                  "required": ["type"]"""), schema);
        assertTrue(schema.contains("\"description\": \"the output format that this is for\""), schema);
        assertTrue(!schema.contains("_target_"), schema);
        assertTrue(Compiling.generated(compilation, "com.acme.AcmeFormat_Provider")
                .contains("public Bound<StateDictFormat> bind(ConfigCursor object) {"));
    }

    private static String resource(Compilation compilation, String path) {
        return Compiling.text(
                compilation.generatedFile(StandardLocation.CLASS_OUTPUT, path).orElseThrow());
    }
}
