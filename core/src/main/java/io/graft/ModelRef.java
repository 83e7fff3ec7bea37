package io.graft;

/**
 * Which model a plan is for.
 *
 * @param kind {@code checkpoint}, {@code block} or {@code torchscript}
 * @param uri the file or class that it comes from
 */
public record ModelRef(String kind, String uri) {}
