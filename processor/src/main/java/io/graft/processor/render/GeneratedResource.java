package io.graft.processor.render;

import io.graft.processor.model.SourceRef;

/**
 * A generated file beside the classes.
 *
 * @param path in the jar, with slashes
 * @param origin the one declaration that it is made from
 */
public record GeneratedResource(String path, String text, SourceRef origin) {}
