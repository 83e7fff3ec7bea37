package io.graft.checkpoint.publish;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** The files that a run reads, whatever names lead to them: none may be replaced or removed. */
public final class InputFiles {
    /** A run that reads no file. */
    public static final InputFiles NONE = new InputFiles(Set.of());

    private final Set<Object> identities;

    private InputFiles(Set<Object> identities) {
        this.identities = identities;
    }

    /**
     * @param files existing files
     * @throws IOException if one cannot be looked at
     */
    public static InputFiles of(Collection<Path> files) throws IOException {
        Set<Object> identities = new HashSet<>();
        for (Path file : files) {
            identities.add(identity(file));
        }
        return new InputFiles(identities);
    }

    boolean contains(Path file) throws IOException {
        return Files.exists(file) && identities.contains(identity(file));
    }

    /** Links, hard ones too, have the identity of what they lead to. */
    private static Object identity(Path file) throws IOException {
        Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return key == null ? file.toRealPath() : key;
    }
}
