package io.graft.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.registry.PlugRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names of keys and what holds between keys: the schema and the binder say the same of an entry. */
class SchemaOfKeysTest {
    private static final JavaFileObject OPTIONS = Compiling.source("Options", """
            /**
             * @param longName what it is called
             * @param mustHave what has to be there
             * @param letter one of few
             * @param word small letters
             * @param parts all different
             * @param hubToken for the hub
             */
            @Exclusive({"letter", "word"})
            @Requires(key = "word", with = "long-name")
            public record Options(
                    @Alias("nick") @RenamedFrom(value = "old-name", since = "1.1") Optional<String> longName,
                    @Alias("must") String mustHave,
                    @OneOf({"a", "b"}) Optional<String> letter,
                    @Matches("[a-z]+") Optional<String> word,
                    @Each(nonBlank = true, unique = true) List<String> parts,
                    @Secret Optional<String> hubToken) {}
            """);

    @TempDir
    Path folder;

    private Extension extension;
    private Schema schema;

    @BeforeEach
    void compile() throws IOException {
        extension = Extension.compile(folder, OPTIONS, Compiling.modifier());
        schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(resource("demo.schema.json"), InputFormat.JSON);
    }

    @AfterEach
    void close() throws IOException {
        extension.close();
    }

    @Test
    void eachNameIsAcceptedAlone() {
        both(true, "");
        both(true, ", \"long-name\": \"x\"");
        both(true, ", \"long_name\": \"x\"");
        both(true, ", \"nick\": \"x\"");
        both(true, ", \"old-name\": \"x\"");
        both(true, ", \"old_name\": null");
        both(false, ", \"nick\": \"x\", \"long_name\": \"x\"");
        both(false, ", \"old-name\": \"x\", \"nick\": \"x\"");
        both(false, ", \"must\": \"x\"");
        both(false, ", \"name\": \"x\"");
    }

    @Test
    void aRequiredKeyMayHaveItsAlias() {
        assertEquals(true, schemaAccepts("{ \"type\": \"demo\", \"must\": \"x\" }"));
        assertEquals(true, binds("{ \"type\": \"demo\", \"must\": \"x\" }"));
        assertEquals(false, schemaAccepts("{ \"type\": \"demo\" }"));
        assertEquals(false, binds("{ \"type\": \"demo\" }"));
    }

    @Test
    void constraintsOfTexts() {
        both(true, ", \"letter\": \"a\"");
        both(true, ", \"letter\": null");
        both(false, ", \"letter\": \"c\"");
        both(true, ", \"word\": \"abc\", \"nick\": \"x\"");
        both(false, ", \"word\": \"Abc\", \"nick\": \"x\"");
        both(true, ", \"parts\": [\"a\", \"b\"]");
        both(false, ", \"parts\": [\"a\", \"a\"]");
        both(false, ", \"parts\": [\" \"]");
    }

    @Test
    void relationsBetweenKeys() {
        both(false, ", \"word\": \"abc\"");
        both(true, ", \"word\": \"abc\", \"long_name\": \"x\"");
        both(false, ", \"word\": \"abc\", \"long_name\": \"x\", \"letter\": \"a\"");
    }

    @Test
    void peopleAreToldOfThem() throws IOException {
        assertEquals("""
                # Demonstrates.
                # A key that is commented out shows its default or, where it has none, its form.
                graft.modifiers += {
                  type = demo

                  # what it is called (string, also nick, formerly old-name)
                  #long-name = "<text>"

                  # what has to be there (required, string, also must)
                  must-have = "<text>"

                  # one of few (string, one of a, b, not together with word)
                  #letter = "a"

                  # small letters (string, matches [a-z]+, not together with letter, only together with long-name)
                  #word = "<text>"

                  # all different (list of string, no blank element and none twice)
                  #parts = ["<text>"]

                  # for the hub (string, never shown)
                  #hub-token = "<text>"
                }
                """, resource("demo.conf"));
    }

    private void both(boolean accept, String more) {
        String entry = "{ \"type\": \"demo\", \"must-have\": \"x\"" + more + " }";
        assertEquals(accept, schemaAccepts(entry), entry);
        assertEquals(accept, binds(entry), entry);
    }

    private boolean schemaAccepts(String entry) {
        return schema.validate(entry, InputFormat.JSON).isEmpty();
    }

    private boolean binds(String entry) {
        return PlugRegistry.discover(extension.loader()).bind(0, ConfigCursor.literal(entry)) instanceof Bound.Ok;
    }

    private String resource(String name) throws IOException {
        try (var content = extension.loader().getResourceAsStream("META-INF/graft/modifiers/" + name)) {
            return new String(content.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
