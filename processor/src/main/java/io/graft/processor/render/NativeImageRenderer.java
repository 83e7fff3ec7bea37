package io.graft.processor.render;

import io.graft.processor.model.SourceRef;
import java.util.List;
import java.util.Map;

/**
 * Renders what native-image has to keep of all modifiers: the files that tell of them. It names no modifier, so it stays as it is
 * when one comes or goes, and two jars that are packed into one may overwrite each other's.
 */
public final class NativeImageRenderer {
    private static final List<String> KEPT =
            List.of(ResourcesRenderer.FOLDER + "*", "META-INF/services/io.graft.registry.ModifierProvider");

    private NativeImageRenderer() {}

    /**
     * The file.
     *
     * @param project the folder below {@code META-INF/native-image}
     * @param modifiers their declarations
     */
    public static GeneratedResource render(String project, List<SourceRef> modifiers) {
        return new GeneratedResource(
                "META-INF/native-image/" + project + "/reachability-metadata.json",
                JsonText.of(Map.of(
                        "resources",
                        KEPT.stream().map(glob -> Map.of("glob", glob)).toList())),
                modifiers);
    }
}
