package io.graft.checkpoint.publish;

import io.graft.checkpoint.ModelFiles;
import io.graft.checkpoint.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The files in a folder that Graft wrote there: those that a manifest or the record of a part lists, as long as they are what it
 * lists, and the manifest and the records.
 */
final class OwnFiles {
    private static final Pattern RECORD = Pattern.compile("graft-part-\\d{5}-of-\\d{5}\\.json");

    private OwnFiles() {}

    /** Whether a file tells of others, and so comes after and goes before them. */
    static boolean isRecord(String name) {
        return name.equals(ModelFiles.MANIFEST) || RECORD.matcher(name).matches();
    }

    /** Their names, sorted. */
    static Set<String> in(Path folder) throws IOException {
        Set<String> names = new TreeSet<>();
        for (Path record : records(folder)) {
            List<ListedFile> listed;
            try (InputStream in = Files.newInputStream(record)) {
                listed = ListedFile.read(in);
            } catch (IOException none) {
                continue; // of somebody else
            }
            names.add(record.getFileName().toString());
            FileTime written = Files.getLastModifiedTime(record);
            for (ListedFile file : listed) {
                if (isPlain(file.path(), folder) && isAsListed(folder.resolve(file.path()), file, written)) {
                    names.add(file.path());
                }
            }
        }
        return names;
    }

    private static List<Path> records(Path folder) throws IOException {
        List<Path> records = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (isRecord(file.getFileName().toString()) && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    records.add(file);
                }
            }
        }
        return records;
    }

    /** Not by way of links either, which lead elsewhere. */
    private static boolean isPlain(String path, Path folder) {
        Path file;
        try {
            file = folder.resolve(path);
        } catch (InvalidPathException none) {
            return false;
        }
        if (!file.startsWith(folder) || !file.equals(file.normalize()) || file.equals(folder)) {
            return false;
        }
        for (Path parent = file.getParent(); !parent.equals(folder); parent = parent.getParent()) {
            if (!Files.isDirectory(parent, LinkOption.NOFOLLOW_LINKS)) {
                return false;
            }
        }
        return true;
    }

    /** A record is written after the files that it lists, so one that is younger may be of somebody else. */
    private static boolean isAsListed(Path file, ListedFile listed, FileTime written) throws IOException {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
        return now.size() == listed.bytes()
                && (now.lastModifiedTime().compareTo(written) <= 0
                        || Sha256.of(file).hex().equals(listed.sha256()));
    }
}
