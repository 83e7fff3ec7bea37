package io.graft.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.testing.compile.JavaFileObjects;
import io.graft.registry.PlugDescriptor.OptionDescriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a decoder says of its values is what people and schemas are told: one of core, and one of somebody else. */
class AcceptsTest {
    private static final JavaFileObject LOADING = JavaFileObjects.forSourceString("com.acme.LoadingModelModifier", """
                    package com.acme;

                    import io.graft.Modifier;
                    import io.graft.ModelModifier;
                    import io.graft.ModifierContext;
                    import io.graft.checkpoint.source.CheckpointRef;
                    import io.graft.config.Decode;
                    import io.graft.model.ModelDraft;
                    import java.util.List;
                    import java.util.Optional;

                    /** Loads. */
                    @Modifier("loading")
                    public final class LoadingModelModifier implements ModelModifier {
                        public LoadingModelModifier(Options options) {}

                        @Override
                        public void apply(ModelDraft model, ModifierContext context) {}

                        /**
                         * Options.
                         *
                         * @param from the first
                         * @param more others
                         * @param level how much
                         */
                        public record Options(
                                CheckpointRef from,
                                Optional<CheckpointRef> more,
                                @Decode(LevelDecoder.class) List<Integer> level) {}
                    }
                    """);
    private static final JavaFileObject LEVELS = JavaFileObjects.forSourceString("com.acme.LevelDecoder", """
            package com.acme;

            import io.graft.config.Accepts;
            import io.graft.config.reading.Decoder;

            /** Levels by name. */
            @Accepts(value = "level", schema = \"""
                    {
                      "enum": [
                        "low",
                        "high"
                      ],
                      "description": "or else"
                    }\""")
            public final class LevelDecoder implements Decoder<Integer> {
                @Override
                public String expected() {
                    return "low or high";
                }

                @Override
                public Integer decode(String text) {
                    if (!text.equals("low") && !text.equals("high")) {
                        throw new IllegalArgumentException("`" + text + "` is no level");
                    }
                    return text.length();
                }
            }
            """);
    private static final String DIGEST = "0123456789abcdefABCDEF".repeat(3).substring(0, 64);

    @TempDir
    static Path folder;

    private static Extension extension;
    private static SchemaAndBinder both;

    @BeforeAll
    static void compile() throws IOException {
        extension = Extension.compile(folder, LOADING, LEVELS);
        both = SchemaAndBinder.of(extension);
    }

    @AfterAll
    static void close() throws IOException {
        extension.close();
    }

    @Test
    void peopleReadTheName() throws IOException {
        assertEquals(
                List.of("checkpoint", "checkpoint", "list of level"),
                extension.descriptor().options().stream()
                        .map(OptionDescriptor::type)
                        .toList());
        assertTrue(extension.resource(".md").contains("| `from` | checkpoint | required |"), extension.resource(".md"));
        assertTrue(extension.resource(".conf").contains("from = \"<checkpoint>\"\n"), extension.resource(".conf"));
        assertTrue(extension.resource(".conf").contains("#level = [\"<level>\"]\n"), extension.resource(".conf"));
    }

    @Test
    void theSchemaIsGivenInItsOrder() throws IOException {
        String json = extension.resource(".schema.json");
        assertTrue(json.contains("""
                      "items": {
                        "enum": ["low", "high"],
                        "description": "or else"
                      }
                """.strip()), json);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'from': 'model.safetensors'",
                "'from': '~/a b.ckpt'",
                "'from': 7",
                "'from': 'https://models.example.org/a.ckpt'",
                "'from': { 'path': 'model.safetensors' }",
                "'from': { 'path': 'a', 'sha256': 'DIGEST', 'x-note': 1 }",
                "'from': { 'path': 'a', 'sha256': 'SHA256:DIGEST', 'max-size': '5 GB' }",
                "'from': { 'uri': 'https://example.org/a', 'attempts': 3, 'idle-timeout': '30s', 'timeout': '1.5 h' }",
                "'from': { 'uri': 'https://example.org/a', 'idle_timeout': '30s', 'allow_pickle': true, 'token': 'x' }",
                "'from': { 'uri': 'run:r1', 'settings': { 'checkpoints-root': 'a/b' } }",
                "'from': { 'path': 'a', 'sha256': null }",
                "'from': 'a', 'more': null",
                "'from': 'a', 'more': { 'path': 'b' }, 'level': ['low']"
            })
    void bothAccept(String options) {
        both.assertBothAccept(entry(options));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'from': ' '",
                "'from': ['a']",
                "'from': null",
                "'from': {}",
                "'from': { 'sha256': 'DIGEST' }",
                "'from': { 'path': 'a', 'uri': 'https://example.org/a' }",
                "'from': { 'uri': 'a' }",
                "'from': { 'path': 'a', 'sha256': '123' }",
                "'from': { 'path': 'a', 'sha265': 'DIGEST' }",
                "'from': { 'path': 'a', 'max-size': 5 }",
                "'from': { 'path': 'a', 'max-size': '5GB', 'max_size': '5GB' }",
                "'from': { 'path': 'a', 'maxSize': '5GB' }",
                "'from': { 'uri': 'https://example.org/a', 'attempts': 0 }",
                "'from': { 'uri': 'https://example.org/a', 'timeout': '5' }",
                "'from': { 'uri': 'https://example.org/a', 'allow-pickle': 'please' }",
                "'from': { 'uri': 'https://example.org/a', 'token': ' ' }",
                "'from': { 'uri': 'run:r1', 'settings': 'a' }",
                "'from': 'a', 'more': { }",
                "'from': 'a', 'level': ['middle']"
            })
    void bothRefuse(String options) {
        both.assertBothRefuse(entry(options));
    }

    /** An entry with these options; apostrophes stand for quotes. */
    private static String entry(String options) {
        return "{ \"type\": \"loading\", " + options.replace('\'', '"').replace("DIGEST", DIGEST) + " }";
    }
}
