package io.graft.processor.render;

import io.graft.processor.model.ModifierModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Renders the files of a modifier that people and tools read: descriptor, JSON Schema, page, sample, and what
 * native-image has to keep of them.
 */
public final class ResourcesRenderer {
    private static final String FOLDER = "META-INF/graft/modifiers/";
    private static final String SERVICES = "META-INF/services/io.graft.registry.ModifierProvider";

    private ResourcesRenderer() {}

    /**
     * The files, in the order of their paths.
     *
     * @param project the folder below {@code META-INF/native-image} that is this project's own; the modifier's package
     *     if empty
     */
    public static List<GeneratedResource> render(ModifierModel modifier, String project) {
        String id = modifier.id().text();
        List<GeneratedResource> files = new ArrayList<>(List.of(
                file(modifier, FOLDER + id + ".conf", SampleRenderer.commented(modifier)),
                file(modifier, FOLDER + id + ".json", JsonText.of(DescriptorRenderer.render(modifier))),
                file(modifier, FOLDER + id + ".md", PageRenderer.render(modifier)),
                file(modifier, FOLDER + id + ".schema.json", JsonText.of(SchemaRenderer.render(modifier)))));
        List<String> kept =
                new ArrayList<>(files.stream().map(GeneratedResource::path).toList());
        kept.add(SERVICES);
        files.add(file(
                modifier,
                metadataFolder(modifier, project) + "reachability-metadata.json",
                JsonText.of(Map.of(
                        "resources",
                        kept.stream().map(path -> Map.of("glob", path)).toList()))));
        return List.copyOf(files);
    }

    private static String metadataFolder(ModifierModel modifier, String project) {
        String own = project.isEmpty() ? modifier.type().packageName() : project;
        return "META-INF/native-image/" + (own.isEmpty() ? "" : own + "/")
                + modifier.id().text() + "/";
    }

    private static GeneratedResource file(ModifierModel modifier, String path, String text) {
        return new GeneratedResource(path, text, modifier.declaration().at());
    }
}
