package io.graft;

import java.nio.file.Path;

/**
 * A file that a run wrote.
 *
 * @param sha256 lower-case hexadecimal digest of its content
 */
public record Output(Path path, long bytes, String sha256) {}
