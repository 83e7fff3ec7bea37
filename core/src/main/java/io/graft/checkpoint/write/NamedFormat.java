package io.graft.checkpoint.write;

/**
 * A format and what it is called.
 *
 * @param id as configurations and reports spell it: {@code safetensors}
 */
public record NamedFormat(String id, StateDictFormat format) {}
