package io.graft.checkpoint.write;

/**
 * A format and what it is called.
 *
 * @param id as configurations and reports spell it: {@code safetensors}
 * @param origin name of the jar or folder that it comes from
 */
public record NamedFormat(String id, String origin, StateDictFormat format) {}
