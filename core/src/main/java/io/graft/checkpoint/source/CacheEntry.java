package io.graft.checkpoint.source;

import io.graft.checkpoint.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * What is kept of one location.
 *
 * <pre>
 * current.properties   which content the location had last
 * SHA256/NAME          a content; never changed once it is there, so that who has mapped it may go on
 * beside.properties    what lay beside each content, as far as somebody has asked
 * part                 what came of a download that was cut off
 * part.properties      the version that the part is of
 * lock                 held by whoever downloads
 * use                  shared by whoever uses a content, see {@link CacheUse}; as old as the last use
 * </pre>
 */
record CacheEntry(Path folder) {
    private static final String USE = "use";
    private static final String BESIDE = "beside.properties";
    private static final String NOTHING = "none";

    /**
     * A content that is at hand.
     *
     * @param fetched when it was last known to be what the location has
     */
    record Kept(Path file, Sha256 sha256, Version version, Instant fetched) {}

    /**
     * What lay beside a content when it was asked for.
     *
     * @param sha256 of the file that did; empty if there was none
     */
    record Beside(Optional<Sha256> sha256) {}

    Path part() {
        return folder.resolve("part");
    }

    Path lock() {
        return folder.resolve("lock");
    }

    Path use() {
        return folder.resolve(USE);
    }

    /** The entries of a cache. */
    static List<CacheEntry> all(Path cache) throws IOException {
        try (Stream<Path> folders = Files.list(cache)) {
            return folders.filter(Files::isDirectory).map(CacheEntry::new).toList();
        }
    }

    /** When it was used last; long ago if nobody knows. */
    Instant lastUse() throws IOException {
        return Files.exists(use()) ? Files.getLastModifiedTime(use()).toInstant() : Instant.EPOCH;
    }

    /** Removes everything that is kept. The locks stay: whoever waits for one would otherwise wait for a file that is gone. */
    void clear() throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                if (!path.equals(folder) && !path.equals(lock()) && !path.equals(use())) {
                    Files.deleteIfExists(path);
                }
            }
        }
    }

    /** The content that the location had last; empty if there is none or somebody has changed it. */
    Optional<Kept> current() throws IOException {
        Optional<Properties> record = read("current.properties");
        if (record.isEmpty()) {
            return Optional.empty();
        }
        try {
            Properties values = record.get();
            Sha256 sha256 = Sha256.parse(values.getProperty("sha256", ""));
            Path file = folder.resolve(sha256.hex()).resolve(values.getProperty("name", ""));
            boolean intact = Files.isRegularFile(file)
                    && Files.size(file) == Long.parseLong(values.getProperty("size", ""))
                    && Files.getLastModifiedTime(file).toInstant().toString().equals(values.getProperty("modified"));
            return intact
                    ? Optional.of(
                            new Kept(file, sha256, version(values), Instant.parse(values.getProperty("fetched", ""))))
                    : Optional.empty();
        } catch (IllegalArgumentException | DateTimeException damaged) {
            return Optional.empty();
        }
    }

    /** Makes a complete part the content that the location has. */
    Kept install(Sha256 sha256, String name, Version version, String shownUri) throws IOException {
        Path file = Files.createDirectories(folder.resolve(sha256.hex())).resolve(name);
        Files.move(part(), file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        discardPart();
        return confirm(new Kept(file, sha256, version, Instant.now()), shownUri);
    }

    /** Takes down that the location still has a content. */
    Kept confirm(Kept kept, String shownUri) throws IOException {
        Kept now = new Kept(kept.file(), kept.sha256(), kept.version(), Instant.now());
        Properties values = properties(kept.version());
        values.setProperty("uri", shownUri);
        values.setProperty("name", kept.file().getFileName().toString());
        values.setProperty("sha256", kept.sha256().hex());
        values.setProperty("size", Long.toString(Files.size(kept.file())));
        values.setProperty(
                "modified", Files.getLastModifiedTime(kept.file()).toInstant().toString());
        values.setProperty("fetched", now.fetched().toString());
        write("current.properties", values);
        return now;
    }

    /** What lay beside a content; empty if nobody has asked. */
    Optional<Beside> beside(Sha256 content) throws IOException {
        String digest = read(BESIDE)
                .map(values -> values.getProperty(content.hex(), ""))
                .orElse("");
        if (digest.equals(NOTHING)) {
            return Optional.of(new Beside(Optional.empty()));
        }
        try {
            return digest.isEmpty() ? Optional.empty() : Optional.of(new Beside(Optional.of(Sha256.parse(digest))));
        } catch (IllegalArgumentException damaged) {
            return Optional.empty();
        }
    }

    /** Takes down what lies beside a content. Whoever calls holds the lock. */
    void note(Sha256 content, Beside beside) throws IOException {
        Properties values = read(BESIDE).orElseGet(Properties::new);
        values.setProperty(content.hex(), beside.sha256().map(Sha256::hex).orElse(NOTHING));
        write(BESIDE, values);
    }

    /** The version that the part is of; {@link Version#UNKNOWN} if nothing can be added to it. */
    Version partVersion() throws IOException {
        Version version = read("part.properties").map(CacheEntry::version).orElse(Version.UNKNOWN);
        return version.isExact() && Files.isRegularFile(part()) ? version : Version.UNKNOWN;
    }

    /** Takes down which version a part is of, before its first byte is written. */
    void beginPart(Version version) throws IOException {
        discardPart();
        write("part.properties", properties(version));
    }

    void discardPart() throws IOException {
        Files.deleteIfExists(part());
        Files.deleteIfExists(folder.resolve("part.properties"));
    }

    private static Properties properties(Version version) {
        Properties values = new Properties();
        values.setProperty("etag", version.etag());
        values.setProperty("last-modified", version.lastModified());
        return values;
    }

    private static Version version(Properties values) {
        return new Version(values.getProperty("etag", ""), values.getProperty("last-modified", ""));
    }

    private Optional<Properties> read(String name) throws IOException {
        Properties values = new Properties();
        try (InputStream in = Files.newInputStream(folder.resolve(name))) {
            values.load(in);
            return Optional.of(values);
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IllegalArgumentException damaged) {
            return Optional.empty();
        }
    }

    private void write(String name, Properties values) throws IOException {
        Path temporary = folder.resolve(name + ".new");
        try (OutputStream out = Files.newOutputStream(temporary)) {
            values.store(out, null);
        }
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(
                temporary, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
