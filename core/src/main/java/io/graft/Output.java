package io.graft;

import java.nio.file.Path;

/**
 * A file that a run wrote.
 *
 * @param sha256 lower-case hexadecimal digest of its content; empty if none was asked for
 */
public record Output(Path path, long bytes, String sha256) {}
