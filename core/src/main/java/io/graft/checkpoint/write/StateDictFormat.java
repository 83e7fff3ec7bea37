package io.graft.checkpoint.write;

/** A format that a state dict is written in. */
public interface StateDictFormat {}
