package io.graft.checkpoint.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be written as a location, which source takes it, and the sources of this machine. */
class SourcesTest {
    private static final CheckpointSources SOURCES = CheckpointSources.discover();

    private static String refusal(CheckpointRef ref) {
        return assertThrows(IllegalArgumentException.class, () -> SOURCES.taking(ref))
                .getMessage();
    }

    @Test
    void b1AnUnknownSchemeIsAnsweredWithTheKnownOnes() {
        assertEquals(
                "`ftp://x/y`: no source takes `ftp:`; at hand are file, http, https, run; for a file of this name, write"
                        + " ./ftp://x/y",
                refusal(CheckpointRef.of("ftp://x/y")));
    }

    @ParameterizedTest
    @CsvSource({
        "s3://bucket/key, s3, graft-source-s3",
        "models:/bert/3, models, graft-source-mlflow",
        "runs:/0123/model.pt, runs, graft-source-mlflow"
    })
    void b23ASchemeOfAnotherJarNamesTheJar(String uri, String scheme, String jar) {
        assertEquals(
                "`" + uri + "`: no source takes `" + scheme + ":`; at hand are file, http, https, run; add " + jar
                        + " to the class path or to the extensions",
                refusal(CheckpointRef.of(uri)));
    }

    @Test
    void b1AUrlNeedsAHostAndAFile() {
        assertEquals(
                "`https:///y` names no host; write https://host/folder/file", refusal(CheckpointRef.of("https:///y")));
        assertEquals(
                "`https://host/` names no file on the host; write https://host/folder/file",
                refusal(CheckpointRef.of("https://host/")));
        assertEquals(
                "`https://***@host/a b` is no URL: illegal character in path at character 24",
                refusal(CheckpointRef.of("https://ann:pass@host/a b")));
    }

    @Test
    void whatHasNoSchemeIsNoUri() {
        assertEquals(
                "`/local` has no scheme, such as https: or s3:",
                assertThrows(IllegalArgumentException.class, () -> CheckpointRef.of("/local"))
                        .getMessage());
        assertEquals(
                "`https://host/a\nb` has a control character in it",
                assertThrows(IllegalArgumentException.class, () -> CheckpointRef.of("https://host/a\nb"))
                        .getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"S3://Bucket/a%20b//c", "HTTPS://Host:443/a/../b?x=1#f", "models:/My Model/3"})
    void aUriKeepsItsExactText(String uri) {
        assertEquals(uri, CheckpointRef.of(uri).uri());
        assertEquals(uri, CheckpointRef.of(uri).shown());
    }

    @Test
    void aFileUriIsAPath(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("a b+ü.safetensors"), Fetching.safetensors());
        Fetching fetching = new Fetching(folder.resolve("cache"));
        FetchedCheckpoint fetched = fetching.fetch(file.toUri().toString());
        assertEquals(new FetchedCheckpoint(file, Optional.empty(), false), fetched);
        assertEquals(file, fetching.fetch(CheckpointRef.of(file)).path());
        assertEquals(folder, fetching.fetch(CheckpointRef.of(folder)).path());
        assertEquals(List.of(), fetching.files());
    }

    @Test
    @Tag("slow")
    void aFileOfThisMachineLoadsNoClient(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("model.safetensors"), Fetching.safetensors());
        Path log = folder.resolve("classes.log");
        Process process = FetchProcess.start(
                folder, file.toUri().toString(), List.of("-Xshare:off", "-Xlog:class+load:file=" + log));
        assertEquals(file.toString(), FetchProcess.result(process));
        String loaded = Files.readString(log);
        assertTrue(loaded.contains(FileSource.class.getName()), loaded);
        assertEquals(
                List.of(),
                loaded.lines()
                        .filter(line -> line.contains("java.net.http") || line.contains("HttpSource"))
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"file://server/a.pt", "file:a.pt", "file:///a.pt?x=1", "file:///a b"})
    void aFileUriOfAnotherFormIsRefused(String uri) {
        assertEquals(
                "`" + uri + "` names no file of this machine; write file:///folder/file, or the path alone",
                refusal(CheckpointRef.of(uri)));
    }

    @Test
    void aDigestAndALimitHoldForFilesOfThisMachineToo(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("model.safetensors"), Fetching.safetensors());
        Sha256 actual = Sha256.of(file);
        Sha256 other = Sha256.ofText("other");
        Fetching fetching = new Fetching(folder.resolve("cache"));
        CheckpointRef ref = CheckpointRef.of(folder);
        assertEquals(
                new FetchedCheckpoint(folder, Optional.of(actual), false),
                fetching.fetch(ref.under(Fetching.conditions(Optional.of(actual), false))));
        assertEquals(
                "DIGEST_MISMATCH " + folder + ": its SHA-256 is " + actual + ", and " + other
                        + " was expected; do not use it"
                        + " unless its publisher has changed it; then give the new digest",
                fetching.failure(ref.under(Fetching.conditions(Optional.of(other), false))));
        assertEquals(
                "REFUSED " + folder + ": the file has " + Files.size(file) + " bytes, and `max-size` is 1 bytes; raise"
                        + " `max-size` if that is expected",
                fetching.failure(ref.under(Fetching.atMost(1))));
    }

    private static CheckpointRef run(String id, String root) {
        return new CheckpointRef("run:" + id, FetchConditions.NONE, Map.of("checkpoints-root", root));
    }

    @Test
    void b25TheLastCheckpointOfARunLiesBesideTheRoot(@TempDir Path folder) throws IOException {
        Path last = Files.createDirectories(folder.resolve("r1")).resolve("last.ckpt");
        Files.write(last, Fetching.pickled());
        Path root = folder.resolve("ckpt");
        FetchedCheckpoint fetched = new Fetching(folder.resolve("cache")).fetch(run("r1", root.toString()));
        assertEquals(new FetchedCheckpoint(last, Optional.empty(), false), fetched);
        assertEquals("lightning", Checkpoint.open(fetched.path()).content());
    }

    @Test
    void b26ARunWithoutCheckpointIsAnErrorWhateverTheRank(@TempDir Path folder) {
        Path path = new Fetching(folder).fetch(run("r2", folder + "/ckpt")).path();
        CheckpointException missing = assertThrows(CheckpointException.class, () -> Checkpoint.open(path));
        assertEquals(
                folder
                        + "/r2/last.ckpt: no such file: its folder does not exist either; check the path, which is right up"
                        + " to " + folder,
                missing.getMessage());
    }

    @Test
    void aRunNeedsAnIdAndARoot() {
        assertEquals(
                "`run:../x` names no run; write run: and the run's id, of letters, digits, dots, _ and -",
                refusal(run("../x", "/o/ckpt")));
        assertEquals(
                "`run:r1` needs to know where runs are; write { uri = \"run:r1\", settings { checkpoints-root = \"folder\""
                        + " } }",
                refusal(CheckpointRef.of("run:r1")));
        assertEquals("`/` has no folder above it, where other runs could be", refusal(run("r1", "/")));
    }

    @Test
    void b14DigestsAreReadAsPublishersWriteThem() {
        String hex = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";
        assertEquals(new Sha256(hex), Sha256.parse("sha256:" + hex.toUpperCase(Locale.ROOT)));
        assertEquals(new Sha256(hex), Sha256.ofText("foo"));
    }

    @Test
    void b15AnEmptyDigestIsNone() {
        assertEquals(
                "`` is no SHA-256 digest: it is empty",
                assertThrows(IllegalArgumentException.class, () -> Sha256.parse(""))
                        .getMessage());
        assertEquals(
                "`abc` is no SHA-256 digest: it needs 64 hexadecimal digits",
                assertThrows(IllegalArgumentException.class, () -> Sha256.parse("abc"))
                        .getMessage());
    }

    @Test
    void theCacheIsWhereTheSystemHasItsCaches() {
        Path home = Path.of("/home/ann");
        assertEquals(
                Path.of("/home/ann/.cache/graft/checkpoints"),
                CheckpointCache.of(Map.of(), home, "Linux").folder());
        assertEquals(
                Path.of("/xdg/graft/checkpoints"),
                CheckpointCache.of(Map.of("XDG_CACHE_HOME", "/xdg"), home, "Linux")
                        .folder());
        assertEquals(
                Path.of("/home/ann/.cache/graft/checkpoints"),
                CheckpointCache.of(Map.of("XDG_CACHE_HOME", "relative"), home, "Linux")
                        .folder());
        assertEquals(
                Path.of("/home/ann/Library/Caches/graft/checkpoints"),
                CheckpointCache.of(Map.of(), home, "Mac OS X").folder());
        assertEquals(
                Path.of("/local/graft/checkpoints"),
                CheckpointCache.of(Map.of("LOCALAPPDATA", "/local"), home, "Windows 11")
                        .folder());
        assertEquals(
                Path.of("/own/checkpoints"),
                CheckpointCache.of(Map.of("GRAFT_CACHE", "/own", "XDG_CACHE_HOME", "/xdg"), home, "Linux")
                        .folder());
    }

    @Test
    void waitsGrowAndAreSpread() throws IOException {
        Backoff shortest = new Backoff(() -> 0);
        Backoff longest = new Backoff(() -> 1);
        assertEquals(Duration.ofMillis(500), shortest.after(1, Optional.empty()));
        assertEquals(Duration.ofSeconds(16), longest.after(5, Optional.empty()));
        assertEquals(Duration.ofMinutes(1), longest.after(80, Optional.empty()));
    }

    @Test
    void settingsMakeAnotherPlaceInTheCache(@TempDir Path folder) {
        CheckpointCache cache = new CheckpointCache(folder, "");
        CheckpointRef plain = CheckpointRef.of("s3://b/k");
        CheckpointRef endpoint = new CheckpointRef("s3://b/k", FetchConditions.NONE, Map.of("endpoint", "http://x"));
        assertNotEquals(cache.entry(plain, ""), cache.entry(endpoint, ""));
        assertNotEquals(cache.entry(plain, ""), cache.entry(plain, "http://other"));
        assertEquals(cache.entry(plain, ""), cache.entry(CheckpointRef.of("s3://b/k"), ""));
    }

    @Test
    void whatOpensADoorIsKnownAndNotShown() {
        String uri = "https://ann:pass@h/a?sig=s1&x=1&ACCESS_TOKEN=t2;key=";
        assertEquals("https://***@h/a?sig=***&x=1&ACCESS_TOKEN=***;key=***", CheckpointRef.shown(uri));
        assertEquals(CheckpointRef.shown(uri), CheckpointRef.of(uri).toString());
        assertEquals(List.of("ann:pass", "pass", "s1", "t2"), CheckpointRef.secretsIn(uri));
        assertEquals(List.of(), CheckpointRef.secretsIn("https://h/a@b?x=1"));
    }

    @Test
    void aSchemeIsWhatAUriBeginsWith() {
        assertEquals("s3", CheckpointRef.of("S3://b/k").scheme());
        assertEquals("", CheckpointRef.schemeOf("/a/b"));
    }

    @Test
    void conditionsThatNothingFulfilsAreRefused() {
        Duration some = Duration.ofSeconds(1);
        assertMessage("there must be at least one attempt: 0", () -> Fetching.attempts(0, some, Optional.empty()));
        for (Duration none : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
            assertMessage("a time-out must be more than 0", () -> Fetching.attempts(1, none, Optional.empty()));
            assertMessage("a time-out must be more than 0", () -> Fetching.attempts(1, some, Optional.of(none)));
        }
        assertEquals(1, Fetching.attempts(1, some, Optional.of(some)).attempts());
    }

    private static void assertMessage(String message, Executable operation) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, operation).getMessage());
    }

    @Test
    void aFileOfExactlyTheLimitIsTaken(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("model.safetensors"), Fetching.safetensors());
        CheckpointRef limited = CheckpointRef.of(file).under(Fetching.atMost(Files.size(file)));
        assertEquals(file, new Fetching(folder.resolve("cache")).fetch(limited).path());
    }

    @Test
    void whatLiesBesideAFileHasItsConditionsButItsDigest(@TempDir Path folder) {
        CheckpointFetcher fetcher = new Fetching(folder).fetcher();
        FetchConditions conditions = Fetching.conditions(Optional.of(Sha256.ofText("model")), true);
        CheckpointRef local = CheckpointRef.of(folder.resolve("model.pt")).under(conditions);
        assertEquals(
                CheckpointRef.of(folder.resolve("config.json")).under(conditions.withoutDigest()),
                fetcher.beside(local, "config.json"));
        CheckpointRef remote =
                CheckpointRef.of("https://ann@host/a/model.pt?x=1#f").under(conditions);
        assertEquals(
                CheckpointRef.of("https://ann@host/a/a%20b.json?x=1").under(conditions.withoutDigest()),
                fetcher.beside(remote, "a b.json"));
        assertEquals(
                "https://host/a/config.json",
                fetcher.beside(CheckpointRef.of("https://host/a/model.pt"), "config.json")
                        .uri());
    }

    @Test
    void aLocationThatMeansNothingIsToldWhoeverAsks(@TempDir Path folder) {
        CheckpointException refused = assertThrows(
                CheckpointException.class,
                () -> new Fetching(folder).fetcher().beside(CheckpointRef.of("ftp://x/y"), "config.json"));
        assertEquals(CheckpointException.Reason.UNSUPPORTED, refused.reason());
        assertEquals("ftp://x/y: " + refusal(CheckpointRef.of("ftp://x/y")), refused.getMessage());
    }

    @Test
    void aRunIsFoundByOneFolder() {
        List<SourceSetting> settings = new RunSource().settings();
        assertEquals(
                List.of("checkpoints-root PATH"),
                settings.stream()
                        .map(setting -> setting.name() + " " + setting.kind())
                        .toList());
        assertEquals(List.of(), new FileSource().settings());
    }

    @Test
    void aVersionIsKnownByOneOfItsTwoSigns() {
        assertFalse(Version.UNKNOWN.isKnown());
        assertTrue(new Version("\"v\"", "").isKnown());
        assertTrue(new Version("", "today").isKnown());
        assertTrue(new Version("\"v\"", "").isExact());
        assertFalse(new Version("W/\"v\"", "").isExact());
        assertFalse(new Version("", "today").isExact());
    }

    @Test
    void conditionsKeepTheirTokenToThemselves() {
        FetchConditions none = FetchConditions.NONE;
        FetchConditions secret = new FetchConditions(
                none.sha256(), none.maxBytes(), 1, none.idleTimeout(), none.timeout(), true, Optional.of("hidden"));
        assertEquals(
                "FetchConditions[sha256=none, maxBytes=none, attempts=1, idleTimeout=PT30S, timeout=none,"
                        + " allowPickle=true]",
                secret.toString());
    }
}
