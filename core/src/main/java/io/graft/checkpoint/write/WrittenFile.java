package io.graft.checkpoint.write;

import java.nio.file.Path;

/**
 * A file that was written.
 *
 * @param sha256 lower-case hexadecimal digest of its content; empty if none was asked for
 */
public record WrittenFile(Path path, long bytes, String sha256) {}
