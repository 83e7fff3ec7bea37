package io.graft.extension;

/**
 * A provider of a service, made.
 *
 * @param origin name of the jar or folder that it comes from
 * @param version of that jar, from its manifest; empty if it says none
 */
public record FoundService<S>(S service, String origin, String version) {}
