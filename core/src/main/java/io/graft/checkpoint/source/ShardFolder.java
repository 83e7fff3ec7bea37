package io.graft.checkpoint.source;

import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.Sha256;
import io.graft.checkpoint.source.CacheEntry.Kept;
import io.graft.problem.Printable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** A folder in the cache in which an index and the files that it names stand beside each other, as links. */
final class ShardFolder {
    private static final Pattern PLAIN = Pattern.compile("[^/\\\\:\\p{Cntrl}]+");

    private final Kept index;
    private final Path parent;
    private final List<String> names;
    private final Map<String, FetchedCheckpoint> shards = new TreeMap<>();

    private ShardFolder(Kept index, Path parent, List<String> names) {
        this.index = index;
        this.parent = parent;
        this.names = names;
    }

    /** A name that stays in its folder; what cannot be one is replaced. */
    static String plain(String name) {
        return isPlain(name) ? name : "checkpoint";
    }

    /**
     * The folder for an index.
     *
     * @param named the files that it names, sorted
     * @throws TransferException if they are elsewhere
     */
    static ShardFolder of(Kept index, SortedSet<String> named, Path parent) throws TransferException {
        List<String> names = List.copyOf(named);
        for (String name : names) {
            if (!isPlain(name)) {
                throw TransferException.lasting(
                        Reason.REFUSED,
                        "it names a file that does not lie beside it: `" + Printable.of(name) + "`",
                        "only those are fetched; do not use it unless you know who wrote it");
            }
        }
        return new ShardFolder(index, parent, names);
    }

    /** The names of the files, sorted. */
    List<String> names() {
        return names;
    }

    void add(String name, FetchedCheckpoint shard) {
        shards.put(name, shard);
    }

    /** The local index; the folder is named by the contents, so other contents never come into it. */
    Path assemble() throws IOException {
        StringBuilder contents = new StringBuilder(index.sha256().hex());
        shards.forEach(
                (name, shard) -> contents.append('\n').append(shard.sha256().orElseThrow()));
        Path folder = Files.createDirectories(
                parent.resolve("shards-" + Sha256.ofText(contents.toString()).hex()));
        for (Map.Entry<String, FetchedCheckpoint> shard : shards.entrySet()) {
            link(folder.resolve(shard.getKey()), shard.getValue().path());
        }
        Path local = folder.resolve(index.file().getFileName());
        link(local, index.file());
        return local;
    }

    private static void link(Path link, Path file) throws IOException {
        try {
            Files.createLink(link, file);
        } catch (FileAlreadyExistsException there) {
            // of the same content, since the folder is named by it
        } catch (UnsupportedOperationException noLinks) {
            Files.copy(file, link);
        }
    }

    private static boolean isPlain(String name) {
        return PLAIN.matcher(name).matches() && !name.equals(".") && !name.equals("..");
    }
}
