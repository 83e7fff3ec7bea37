package io.graft.processor.render;

import io.graft.processor.model.CoreNames;
import io.graft.processor.model.SourceRef;
import io.graft.registry.PlugKind;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Renders what native-image has to keep of all plugs: the files that tell of them. It names no plug, so it stays as it is
 * when one comes or goes, and two jars that are packed into one may overwrite each other's.
 */
public final class NativeImageRenderer {
    private static final List<String> KEPT = PlugKind.ALL.stream()
            .flatMap(kind -> Stream.of(kind.folder() + "*", "META-INF/services/" + CoreNames.of(kind.service())))
            .toList();

    private NativeImageRenderer() {}

    /**
     * The file.
     *
     * @param project the folder below {@code META-INF/native-image}
     * @param plugs their declarations
     */
    public static GeneratedResource render(String project, List<SourceRef> plugs) {
        return new GeneratedResource(
                "META-INF/native-image/" + project + "/reachability-metadata.json",
                JsonText.of(Map.of(
                        "resources",
                        KEPT.stream().map(glob -> Map.of("glob", glob)).toList())),
                plugs);
    }
}
