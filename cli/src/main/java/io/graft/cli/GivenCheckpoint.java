package io.graft.cli;

import io.graft.checkpoint.Checkpoint;

/**
 * A checkpoint that a command was given, opened.
 *
 * @param uri what reports call it: its canonical path, or the URI that it was fetched from
 */
record GivenCheckpoint(String uri, Checkpoint checkpoint) {
    static GivenCheckpoint here(Checkpoint checkpoint) {
        return new GivenCheckpoint(checkpoint.path().toString(), checkpoint);
    }
}
