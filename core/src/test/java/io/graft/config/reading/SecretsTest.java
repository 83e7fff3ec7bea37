package io.graft.config.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.graft.config.decoding.Decoders;
import io.graft.config.hocon.Secrets;
import io.graft.problem.Problem;
import io.graft.problem.ProblemRenderer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is wrong, the value of a secret is in nothing that can be shown. */
class SecretsTest {
    private static final String SECRET = "s3cret!";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ passphrase = \"s3cret!\" }",
                "{ passphrase = [\"s3cret!\"] }",
                "{ passphrase = { \"s3cret!\" = 1 } }",
                "{ pass_phrase = \"s3cret!\", passphrase = \"s3cret!\" }",
                "{ phrase = \"s3cret!\", passphrase = \"s3cret!\", bits = 5 }",
                "{ Passphrase = \"s3cret!\" }",
                "{ pasphrase = \"s3cret!\" }",
                "{ rank = 0, alpha = -1, passphrase = \"s3cret!\" } # s3cret!",
                "{ rank = 13, alpha = 20, passphrase = \"s3cret!\" }",
                "{ bits = 4, rank = 0, passphrase = \"s3cret!\" }",
                "{ bits = 5, passphrase = \"\"\"a\ns3cret!\n\"\"\", alpha = x }",
                "{ passphrase = ${text}, bits = 5 }",
                "{ bits = 5, passphrase = ${text}\"-more\" }",
                "{ bits = 5, passphrase = \"s3cr\\u0065t!\" }"
            })
    void aSecretIsInNoRendering(String entry) throws IOException {
        Path file = Files.writeString(
                folder.resolve("a.conf"), "text = \"s3cret!\"\ngraft.modifiers = [\n" + entry + "\n]\n");

        assertHidden(AdapterOptions.bindAll(Read.file(file).root()).problems());
    }

    @Test
    void aSecretFromOutsideIsInNoRendering() throws IOException {
        Path file = Files.writeString(folder.resolve("a.conf"), "graft.modifiers = [{ bits = 5 }]\n");
        ConfigOverrides overrides =
                new ConfigOverrides(List.of("graft.modifiers[0].passphrase=\"s3cret!\""), Map.of(), Map.of());

        assertHidden(AdapterOptions.bindAll(Read.file(file, overrides).root()).problems());
    }

    private static void assertHidden(List<Problem> problems) {
        assertFalse(problems.isEmpty());
        for (String rendering : List.of(
                ProblemRenderer.plain().render(problems),
                ProblemRenderer.ansi().render(problems),
                problems.toString())) {
            assertFalse(rendering.contains(SECRET), rendering);
            assertFalse(rendering.contains("s3cr\\u0065t"), rendering);
        }
    }

    @Test
    void aKeyThatIsSecretOnceIsSecretEverywhere() {
        ConfigCursor root = Read.text("a { pin = 1234 }, b { pin = x }");
        ObjectBinding first = root.at("a").object();
        first.key("pin", Decoders.string()).secret().required();
        first.finish(() -> "");
        ObjectBinding second = root.at("b").object();
        second.key("pin", Decoders.int32()).required();

        assertEquals(
                "expected an integer, found a text",
                second.finish(() -> "").problems().get(0).message());
    }

    /** By its name alone a key can be something else, and what it names must still be told. */
    @Test
    void aPlainWordOfAKeyThatIsNotDeclaredSecretIsNoSecretElsewhere() {
        Secrets secrets = new Secrets(Set.of());
        secrets.addValuesIn(Read.text("sort-key = rank, pad-token = s3cret, hub-token = abcdefghijklmnopqrst")
                .value());
        assertEquals("`rank`, `***` and `***`", secrets.mask("`rank`, `s3cret` and `abcdefghijklmnopqrst`"));
    }

    @Test
    void shortSecretsAreFoundWhereTheyStandByThemselves() {
        Secrets secrets = new Secrets(Set.of("pin", "sign"));
        secrets.addValuesIn(Read.text("a { PIN = 123 }, b = [{ sign = on }]").value());
        assertEquals("bad pin ***, not 1234", secrets.mask("bad pin 123, not 1234"));
        assertEquals("on this: Options[sign=***]", secrets.mask("on this: Options[sign=on]"));
    }

    @Test
    void aSecretIsTakenOutOfTheMessageOfAConstructor() {
        ConfigCursor root = Read.text("inner { pin = 1234 }");
        ObjectBinding object = root.object();
        Key<String> inner = object.key("inner", Decoders.nested(cursor -> {
                    ObjectBinding below = cursor.object();
                    Key<String> pin =
                            below.key("pin", Decoders.string()).secret().required();
                    return below.finish(pin::get);
                }))
                .required();
        Bound<String> bound = object.finish(() -> {
            throw new IllegalArgumentException("bad: " + inner.get());
        });

        assertEquals(
                "the configuration refuses these values: bad: ***",
                bound.problems().get(0).message());
    }
}
