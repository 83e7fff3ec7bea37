package io.graft.checkpoint.gguf;

/**
 * Where something lies that a file says beside its tensors.
 *
 * @param start of the key's length in the file
 * @param end of the value, exclusive
 */
record GgufPair(String key, long start, long end) {}
