package io.graft.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How reports name files: relative to a folder if they are below it, so that a project that moves keeps its reports,
 * and absolute elsewhere. Always with forward slashes.
 */
public final class ReportNames {
    private final Optional<Path> folder;

    private ReportNames(Optional<Path> folder) {
        this.folder = folder;
    }

    /** Names relative to a folder, which need not exist. */
    public static ReportNames from(Path folder) {
        return new ReportNames(Optional.of(canonical(folder)));
    }

    /** Absolute names only. */
    public static ReportNames absolute() {
        return new ReportNames(Optional.empty());
    }

    public String of(Path file) {
        Path canonical = canonical(file);
        return folder.filter(base -> canonical.startsWith(base) && !canonical.equals(base))
                .map(base -> base.relativize(canonical))
                .orElse(canonical)
                .toString()
                .replace('\\', '/');
    }

    private static Path canonical(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        try {
            return absolute.toRealPath();
        } catch (IOException notThere) {
            return absolute;
        }
    }
}
