package io.graft.checkpoint.source;

import java.nio.file.Path;

/** What a source has found at a location. */
public sealed interface LocatedCheckpoint permits LocatedCheckpoint.OnDisk, RemoteFile {
    /** A file or folder of this machine, which need not exist. */
    record OnDisk(Path path) implements LocatedCheckpoint {}
}
