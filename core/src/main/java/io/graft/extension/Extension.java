package io.graft.extension;

import java.nio.file.Path;
import java.util.List;

/**
 * A jar, or a folder of jars that belong together.
 *
 * @param path the jar or the folder, as it was given
 * @param jars its jars, sorted
 * @param loader sees them and the host
 */
public record Extension(Path path, List<Path> jars, ExtensionLoader loader) {
    public Extension {
        jars = List.copyOf(jars);
    }

    /** The name of the jar or folder. */
    public String name() {
        return String.valueOf(path.getFileName());
    }
}
