package io.graft.model.ref;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.graft.checkpoint.Sha256;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.checkpoint.source.FetchConditions;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.ConfigFile;
import io.graft.config.reading.ConfigOverrides;
import io.graft.problem.ProblemRenderer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Locations of checkpoints in a file; whatever is wrong with one is found without a network. */
class CheckpointRefDecoderTest {
    private static final String HEX = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";

    private static Bound<CheckpointRef> decode(String value) {
        ConfigCursor root =
                ConfigCursor.of(ConfigFactory.parseString("c = " + value).resolve());
        return new CheckpointRefDecoder().decode(root.at("c"));
    }

    private static CheckpointRef read(String value) {
        return value(decode(value));
    }

    private static CheckpointRef value(Bound<CheckpointRef> bound) {
        assertEquals(List.of(), bound.problems());
        return ((Bound.Ok<CheckpointRef>) bound).value();
    }

    private static List<String> problems(String value) {
        return decode(value).problems().stream()
                .map(problem -> problem.code().id() + " " + problem.path() + ": " + problem.message())
                .toList();
    }

    @Test
    void aTextIsAPathOrAUri() {
        assertEquals(CheckpointRef.of(Path.of("models/a.ckpt")), read("\"models/a.ckpt\""));
        assertEquals(CheckpointRef.of(Path.of(System.getProperty("user.home"), "a.ckpt")), read("\"~/a.ckpt\""));
        assertEquals("HTTPS://Host/a?b=c", read("\"HTTPS://Host/a?b=c\"").uri());
        assertEquals("file:///a/b.ckpt", read("\"file:///a/b.ckpt\"").uri());
    }

    @Test
    void aRelativePathStartsAtTheFileThatNamesIt(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("a.conf"), "c { path = models/a.ckpt, sha256 = \"" + HEX + "\" }");
        Bound<ConfigFile> read = ConfigFile.read(file, ConfigOverrides.none());
        ConfigCursor root = ((Bound.Ok<ConfigFile>) read).value().root();
        CheckpointRef ref = value(new CheckpointRefDecoder().decode(root.at("c")));
        assertEquals(CheckpointRef.of(folder.resolve("models/a.ckpt")).uri(), ref.uri());
        assertEquals(Optional.of(new Sha256(HEX)), ref.conditions().sha256());
    }

    @Test
    void anObjectAddsConditions() {
        CheckpointRef ref =
                read("{ uri = \"https://h/a.pt\", sha256 = \"SHA256:" + HEX + "\", max-size = 5GB, attempts = 3,"
                        + " idle-timeout = 10s, timeout = 1h, allow-pickle = true, token = abc }");
        assertEquals(
                new CheckpointRef(
                        "https://h/a.pt",
                        new FetchConditions(
                                Optional.of(new Sha256(HEX)),
                                Optional.of(5_000_000_000L),
                                3,
                                Duration.ofSeconds(10),
                                Optional.of(Duration.ofHours(1)),
                                true,
                                Optional.of("abc")),
                        Map.of()),
                ref);
    }

    @Test
    void aSectionOfTheFileMayBeMeant() {
        assertEquals(
                CheckpointRef.of(Path.of("a.ckpt")).using(Optional.of("model_ema")),
                read("{ path = a.ckpt, section = model_ema }"));
        assertEquals(
                List.of("blank c.section: must not be blank"),
                problems("{ path = a.ckpt, section = \" \" }").stream()
                        .map(problem -> problem.replaceAll("^[\\w-]+ c", "blank c"))
                        .toList());
    }

    @Test
    void settingsAreThoseOfTheSource() {
        CheckpointRef ref = read("{ uri = \"run:r1\", settings { checkpoints-root = \"/o/ckpt\" } }");
        assertEquals(Map.of("checkpoints-root", "/o/ckpt"), ref.settings());
        assertEquals(
                List.of("unknown-key c.settings.checkpoint-root: `c.settings` has no key `checkpoint-root`"),
                problems("{ uri = \"run:r1\", settings { checkpoint-root = \"/o/ckpt\" } }").stream()
                        .map(problem ->
                                problem.replaceAll("unknown key .*", "`c.settings` has no key `checkpoint-root`"))
                        .toList());
    }

    @Test
    void whatWasReadCanBeWrittenAndReadAgain() {
        for (String value : List.of(
                "\"/models/a.ckpt\"",
                "\"https://h/a.pt\"",
                "{ path = \"/a b.pt\", sha256 = " + HEX + " }",
                "{ path = \"/a.pt\", section = model_ema }",
                "{ uri = \"run:r1\", settings { checkpoints-root = \"/o/ckpt\" } }",
                "{ uri = \"https://h/a.pt\", max-size = 5GB, attempts = 3, idle-timeout = 10s, timeout = 1h,"
                        + " allow-pickle = true, token = abc }")) {
            CheckpointRef ref = read(value);
            ConfigCursor written =
                    ConfigCursor.of(ConfigFactory.empty().withValue("c", new CheckpointRefDecoder().encode(ref)));
            assertEquals(ref, value(new CheckpointRefDecoder().decode(written.at("c"))));
        }
    }

    @Test
    void b1AWrongLocationIsAProblemOfItsPlace() {
        assertEquals(
                List.of(
                        "malformed-value c: `ftp://x/y`: no source takes `ftp:`; at hand are file, http, https, run; for a"
                                + " file of this name, write ./ftp://x/y"),
                problems("\"ftp://x/y\""));
        assertEquals(
                List.of(
                        "malformed-value c.uri: `s3://b/k`: no source takes `s3:`; at hand are file, http, https, run; add"
                                + " graft-source-s3 to the class path or to the extensions"),
                problems("{ uri = \"s3://b/k\", settings { region = eu-west-1 } }"));
        assertEquals(
                List.of("malformed-value c.uri: `https:///y` names no host; write https://host/folder/file"),
                problems("{ uri = \"https:///y\" }"));
        assertEquals(
                List.of("malformed-value c.uri: `/local` has no scheme; write a file's name as `path`"),
                problems("{ uri = \"/local\" }"));
        assertEquals(
                List.of("malformed-value c.path: `https://h/a.pt` is a URI; write it as `uri`"),
                problems("{ path = \"https://h/a.pt\" }"));
        assertEquals(List.of("wrong-type c: expected a path, found a list"), problems("[a]"));
        assertEquals(List.of("wrong-type c.uri: expected a path or a URI, found a list"), problems("{ uri = [a] }"));
    }

    @Test
    void b15AWrongDigestIsAProblemOfItsPlace() {
        assertEquals(
                List.of("malformed-value c.sha256: `` is no SHA-256 digest: it is empty"),
                problems("{ path = a, sha256 = \"\" }"));
        assertEquals(
                List.of("wrong-type c.sha256: expected a SHA-256 digest, found a list"),
                problems("{ path = a, sha256 = [] }"));
    }

    @Test
    void wrongConditionsAreFoundTogether() {
        assertEquals(
                List.of(
                        "out-of-range c.attempts: must be between 1 and 100",
                        "out-of-range c.idle-timeout: must be more than 0",
                        "out-of-range c.timeout: must be more than 0",
                        "blank c.token: must not be blank"),
                problems("{ uri = \"https://h/a\", attempts = 0, idle-timeout = 0s, timeout = 0s, token = \"\" }")
                        .stream()
                        .map(problem -> problem.replaceAll("(c.attempts: must be between 1 and 100).*", "$1"))
                        .toList());
    }

    @Test
    void conditionsOfADownloadHaveNoEffectOnAFileOfThisMachine() {
        assertEquals(
                List.of(
                        "exclusive c.attempts: `attempts` has no effect on a checkpoint of this machine",
                        "exclusive c.token: `token` has no effect on a checkpoint of this machine"),
                problems("{ path = a.ckpt, attempts = 2, token = abc }"));
        assertEquals(
                List.of("exclusive c.allow-pickle: `allow-pickle` has no effect on a checkpoint of this machine"),
                problems("{ uri = \"file:///a.ckpt\", allow-pickle = true }"));
    }

    @Test
    void passwordsInAUrlAreInNoMessageAndNoQuotedLine(@TempDir Path folder) throws IOException {
        for (String value : List.of(
                "\"https://ann:passw0rd@/a?sig=s1gnature&x=1\"",
                "{ uri = \"https://ann:passw0rd@/a?sig=s1gnature&x=1\" }")) {
            Path file = Files.writeString(folder.resolve("a.conf"), "c = " + value + " # passw0rd\n");
            Bound<ConfigFile> read = ConfigFile.read(file, ConfigOverrides.none());
            ConfigCursor root = ((Bound.Ok<ConfigFile>) read).value().root();
            Bound<CheckpointRef> bound = new CheckpointRefDecoder().decode(root.at("c"));
            assertFalse(bound.problems().isEmpty());
            String shown = ProblemRenderer.plain().render(bound.problems());
            assertFalse(shown.contains("passw0rd") || shown.contains("s1gnature"), shown);
            assertTrue(shown.contains("https://***@/a?sig=***&x=1"), shown);
        }
    }
}
