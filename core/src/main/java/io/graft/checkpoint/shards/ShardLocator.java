package io.graft.checkpoint.shards;

import io.graft.checkpoint.bytes.Refusals;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Turns the file names of an index into files.
 *
 * @param index the index's path
 */
record ShardLocator(Path index, ShardKind kind) {
    /** The file of a listed name; it exists. */
    Path locate(String name) throws IOException {
        return new FolderFiles(
                        index,
                        "the index names the shard",
                        kind.extension(),
                        "give the index of the " + kind.title() + " shards, or convert the checkpoint",
                        "put the shard beside the index",
                        new Refusals(index, kind.advice()))
                .locate(name);
    }

    /** Names of shards beside the index that it does not list, sorted. */
    List<String> unlisted(Collection<String> listed) throws IOException {
        String name = index.getFileName().toString();
        if (!name.endsWith(kind.indexEnding())) {
            return List.of();
        }
        String stem = name.substring(0, name.length() - kind.indexEnding().length());
        Pattern pattern = Pattern.compile(Pattern.quote(stem) + "-\\d{5}-of-\\d{5}" + Pattern.quote(kind.extension()));
        List<String> unlisted = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(index.getParent())) {
            for (Path file : files) {
                String other = file.getFileName().toString();
                if (pattern.matcher(other).matches() && !listed.contains(other)) {
                    unlisted.add(other);
                }
            }
        }
        Collections.sort(unlisted);
        return unlisted;
    }
}
