package io.graft.processor.render;

import io.graft.processor.model.ModifierModel;
import java.util.List;

/** Renders the files of a modifier that people and tools read: descriptor, JSON Schema, page and sample. */
public final class ResourcesRenderer {
    static final String FOLDER = "META-INF/graft/modifiers/";

    private ResourcesRenderer() {}

    /** The files, in the order of their paths. */
    public static List<GeneratedResource> render(ModifierModel modifier) {
        return List.of(
                file(modifier, ".conf", SampleRenderer.commented(modifier)),
                file(modifier, ".json", JsonText.of(DescriptorRenderer.render(modifier))),
                file(modifier, ".md", PageRenderer.render(modifier)),
                file(modifier, ".schema.json", JsonText.of(SchemaRenderer.render(modifier))));
    }

    private static GeneratedResource file(ModifierModel modifier, String extension, String text) {
        return new GeneratedResource(
                FOLDER + modifier.id().text() + extension,
                text,
                List.of(modifier.declaration().at()));
    }
}
