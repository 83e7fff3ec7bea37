package io.graft.djl.program;

import io.graft.checkpoint.source.CheckpointRef;

/**
 * Which TorchScript archive is modified.
 *
 * @param torchscript the archive of torch.jit.save: a file or a URL, or an object with one of them and what has to hold
 */
public record TorchScriptModelOptions(CheckpointRef torchscript) {}
