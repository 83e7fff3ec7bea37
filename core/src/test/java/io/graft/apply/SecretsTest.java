package io.graft.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.nn.core.Linear;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.graft.GraftException;
import io.graft.Report;
import io.graft.config.reading.ConfigOverrides;
import io.graft.problem.ProblemRenderer;
import io.graft.report.ReportJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A secret is in nothing that leaves Graft, whoever gives it away: not in the text for people or for programs, not in a report, an
 * exception, what is behind it, a stack trace or a log.
 */
class SecretsTest {
    private static final String SECRET = "s3cret!";

    @TempDir
    Path root;

    private Project project;
    private ModelModifierApplier applier;

    @BeforeEach
    void makeProject() throws IOException {
        project = Project.in(root.resolve("project"));
        applier = ModelModifierApplier.create(TestModifiers.extension(root.resolve("extension"), Leaking.class));
    }

    @ParameterizedTest
    @EnumSource
    void authorsCanTryWhatTheyLike(Leaking.Way way) throws IOException {
        String modifier = "type = leaking, way = "
                + way.name().toLowerCase(Locale.ROOT).replace('_', '-') + ", passphrase = \"s3cret!\"";
        Path config = config("{ " + modifier + " }");
        assertHidden(() -> applier.configuration(config).run());
    }

    @Test
    void theRestOfWhatAnAuthorSaysIsKept() throws IOException {
        Path config = config("{ type = leaking, way = cause, passphrase = \"s3cret!\" }");
        GraftException failure = assertThrows(
                GraftException.class, () -> applier.configuration(config).run());
        Throwable innermost = failure.getCause().getCause().getCause();
        assertEquals("java.io.IOException: not with Options[way=CAUSE, passphrase=***]", innermost.getMessage());
        assertEquals("tell", innermost.getStackTrace()[0].getMethodName());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ type = leaking, passphrase = s3cret! }",
                "{ type = leaking, passphrase = \"s3cret! }",
                "{ type = leaking, passphrase \"s3cret!\" }",
                "{ type = leaking, passphrase : s3cret! : x }",
                "{ type = leaking, passphrase = a\\\"s3cret!\" }",
                "{ type = leaking, passphrase = [\"s3cret!\" }",
                "{ type = leaking, phrase = s3cret! }",
                "{ type = leaking, Pass_Phrase = s3cret! }",
                "{ type = leaking, passphrase = \"\"\"\ns3cret! }",
                "{ type = leaking, way = \" passphrase = s3cret! }",
                "{ type = leaking, passphrase = ${nope}\"s3cret!\" }",
                "{ type = leaking, hub-token = s3cret! }",
                "{ type = leaking, way = warning, passphrase = \"s3cret!\", rank = {} [] } # s3cret!"
            })
    void aFileThatCannotBeReadShowsNoSecret(String entry) throws IOException {
        Path config = config(entry);
        assertHidden(() -> applier.configuration(config).run());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "graft.modifiers[0].passphrase=\"s3cret!",
                "graft.modifiers[0].passphrase=[s3cret!",
                "graft.modifiers[0].passphrase[0]={s3cret!",
                "graft.modifiers[0].passphrase:s3cret!",
                "graft.modifiers[0].passphrase s3cret!",
                "graft.modifiers[0]={ passphrase = s3cret!",
                "graft.modifiers[0]={ phrase : \"s3cret!\"",
                "graft.modifiers[0].[passphrase=s3cret!",
                "graft.modifiers[0].hub-token={s3cret!",
                "graft.modifiers[9].passphrase=s3cret!",
                "graft.modifiers={ passphrase : \"s3cret!\" }"
            })
    void aValueFromTheCommandLineThatCannotBeReadShowsNoSecret(String set) throws IOException {
        Path config = config("{ type = leaking, way = warning, passphrase = x1 }");
        assertHidden(() -> applier.configuration(config, new ConfigOverrides(List.of(set), Map.of(), Map.of()))
                .run());
        int equals = set.indexOf('=');
        if (equals > 0) {
            Map<String, String> properties = Map.of(set.substring(0, equals), set.substring(equals + 1));
            assertHidden(() -> applier.configuration(config, new ConfigOverrides(List.of(), properties, Map.of()))
                    .run());
        }
    }

    @Test
    void aSecretFromTheEnvironmentIsOne() throws IOException {
        Path config = config("{ type = leaking, way = error, passphrase = ${PHRASE} }");
        assertHidden(() -> applier.configuration(
                        config, new ConfigOverrides(List.of(), Map.of(), Map.of("PHRASE", SECRET)))
                .run());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ type = leaking, way = check, passphrase = \"s3cret!\" }",
                "{ type = leaking, way = nowhere, phrase = \"s3cret!\" }",
                "{ type = leaking, passphrase = ${object}\"s3cret!\" }"
            })
    void aConfigurationThatAProgramReadsIsNoDifferent(String entry) {
        assertHidden(() -> {
            Config config = ConfigFactory.parseString("object = {}\ngraft.modifiers = [" + entry + "]");
            return applier.model(Linear.builder().setUnits(1).build())
                    .configuration(config)
                    .plan();
        });
    }

    private Path config(String entry) throws IOException {
        return project.config("graft {\n  model.checkpoint = model.safetensors\n  modifiers = [\n    " + entry
                + "\n  ]\n  output.path = out\n}\n");
    }

    private void assertHidden(Supplier<?> run) {
        PrintStream before = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        StringBuilder told = new StringBuilder();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            Object result = run.get();
            if (result instanceof Report report) {
                told.append(ReportJson.pretty("apply", root).of(report))
                        .append(read(project.file("out/graft-manifest.json")));
            }
        } catch (GraftException failure) {
            StringWriter trace = new StringWriter();
            failure.printStackTrace(new PrintWriter(trace, true));
            told.append(ProblemRenderer.plain().render(failure.problems()))
                    .append(ProblemRenderer.ansi().render(failure.problems()))
                    .append(ReportJson.pretty("apply", root).of(failure))
                    .append(failure.problems())
                    .append(trace);
        } finally {
            System.setErr(before);
        }
        told.append(log.toString(StandardCharsets.UTF_8));
        assertFalse(told.toString().isBlank());
        assertFalse(told.toString().contains(SECRET), told::toString);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
