package io.graft.checkpoint.source;

import io.graft.checkpoint.Sha256;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A checkpoint that lies on this machine now.
 *
 * @param path a file, or a folder to open; of a remote one, in the cache
 * @param sha256 of the file, where it is known; of a remote one it always is
 * @param isRemote whether it comes from another machine
 */
public record FetchedCheckpoint(Path path, Optional<Sha256> sha256, boolean isRemote) {}
