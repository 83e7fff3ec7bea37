package io.graft.processor.render;

import io.graft.processor.model.PlugModel;
import java.util.List;

/** Renders the files of a plug that people and tools read: descriptor, JSON Schema, page and sample. */
public final class ResourcesRenderer {
    private ResourcesRenderer() {}

    /** The files, in the order of their paths. */
    public static List<GeneratedResource> render(PlugModel plug) {
        return List.of(
                file(plug, ".conf", SampleRenderer.commented(plug)),
                file(plug, ".json", JsonText.of(DescriptorRenderer.render(plug))),
                file(plug, ".md", PageRenderer.render(plug)),
                file(plug, ".schema.json", JsonText.of(SchemaRenderer.render(plug))));
    }

    private static GeneratedResource file(PlugModel plug, String extension, String text) {
        return new GeneratedResource(
                plug.kind().folder() + plug.id().text() + extension,
                text,
                List.of(plug.declaration().at()));
    }
}
