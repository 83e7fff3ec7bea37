package io.graft.checkpoint;

import java.nio.file.Path;

/**
 * A file that was written and has reached the disk.
 *
 * @param sha256 lower-case hexadecimal digest of its content
 */
public record WrittenFile(Path path, long bytes, String sha256) {}
