package io.graft.processor.render;

import io.graft.processor.model.SourceRef;
import java.util.List;

/**
 * A generated file beside the classes.
 *
 * @param path in the jar, with slashes
 * @param origins the declarations that it is made from
 */
public record GeneratedResource(String path, String text, List<SourceRef> origins) {
    public GeneratedResource {
        origins = List.copyOf(origins);
    }
}
