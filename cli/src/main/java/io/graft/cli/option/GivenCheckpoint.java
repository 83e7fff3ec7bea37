package io.graft.cli.option;

import io.graft.checkpoint.Checkpoint;

/**
 * A checkpoint that a command was given, opened.
 *
 * @param shown what people are told: what they wrote, without passwords and keys
 * @param uri what programs are told: its canonical path, or the URI that it was fetched from
 */
public record GivenCheckpoint(String shown, String uri, Checkpoint checkpoint) {}
