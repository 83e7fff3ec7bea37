package io.graft.config.hocon;

import io.graft.problem.ProblemCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What may be read as a configuration: regular files of text, so many and so large, and none while it is being read. It is looked
 * at before the parser opens it, which would wait for a pipe and take a device or a checkpoint into memory.
 */
public final class ReadableFiles {
    /** For all files of a configuration together, one that is included twice counted twice. */
    private static final int MOST_MEGABYTES = 16;

    private static final int MOST_FILES = 1000;

    private final Function<Path, Optional<String>> kinds;
    private final Deque<Path> open = new ArrayDeque<>();
    private long bytes;
    private int files;

    /**
     * @param kinds what a file is that is no configuration, as in {@code a checkpoint (safetensors)}; empty if it is not known
     */
    public ReadableFiles(Function<Path, Optional<String>> kinds) {
        this.kinds = kinds;
    }

    /**
     * Why a file is not read.
     *
     * @param reason the end of a sentence that begins with the file
     */
    public record Refusal(ProblemCode code, String reason, String help) {}

    /** Whether there is something at a path, be it a link that leads nowhere. */
    public static boolean isThere(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }

    /** Why a file, which is there, is not read; empty if it may be. */
    public Optional<Refusal> refusal(Path file) {
        if (Files.isDirectory(file)) {
            return unreadable("is a folder", "name a file in it");
        }
        if (!Files.exists(file)) {
            return unreadable("is a link that leads nowhere", "mend the link");
        }
        if (!Files.isRegularFile(file)) {
            return refused("is a pipe or a device", "name a regular file");
        }
        if (!Files.isReadable(file)) {
            return unreadable("may not be read", "check its permissions");
        }
        if (open.contains(canonical(file))) {
            return refused("includes itself", "remove one of the includes between them");
        }
        try {
            bytes += Files.size(file);
            if (bytes > MOST_MEGABYTES << 20 || ++files > MOST_FILES) {
                return Optional.of(otherKind(file)
                        .orElseGet(() -> new Refusal(
                                ProblemCode.FILE_REFUSED,
                                "is too much: a configuration has at most " + MOST_MEGABYTES + " MB and " + MOST_FILES
                                        + " files, with all that it includes",
                                "name the right file, or include less")));
            }
            return isText(file)
                    ? Optional.empty()
                    : Optional.of(otherKind(file)
                            .orElseGet(() ->
                                    new Refusal(ProblemCode.FILE_REFUSED, "is not text in UTF-8", "save it as UTF-8")));
        } catch (IOException failed) {
            return unreadable("cannot be read (" + failed.getMessage() + ")", "");
        }
    }

    /** Reads a file, which may be read; until then it may not be included. */
    public <T> T whileOpen(Path file, Supplier<T> read) {
        open.push(canonical(file));
        try {
            return read.get();
        } finally {
            open.pop();
        }
    }

    private Optional<Refusal> otherKind(Path file) {
        return kinds.apply(file)
                .map(kind -> new Refusal(
                        ProblemCode.FILE_REFUSED,
                        "is " + kind + ", not a configuration",
                        "name it in a configuration: graft.model.checkpoint = \"" + file.getFileName() + "\""));
    }

    /** Whether a file is text as the parser reads it. A byte 0 is in every binary format that we know, and in no text. */
    private static boolean isText(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        for (byte one : content) {
            if (one == 0) {
                return false;
            }
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content));
            return true;
        } catch (CharacterCodingException otherwise) {
            return false;
        }
    }

    private static Path canonical(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException unreadable) {
            return file.toAbsolutePath().normalize();
        }
    }

    private static Optional<Refusal> unreadable(String reason, String help) {
        return Optional.of(new Refusal(ProblemCode.FILE_NOT_FOUND, reason, help));
    }

    private static Optional<Refusal> refused(String reason, String help) {
        return Optional.of(new Refusal(ProblemCode.FILE_REFUSED, reason, help));
    }
}
