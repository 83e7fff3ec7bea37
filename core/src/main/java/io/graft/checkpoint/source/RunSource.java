package io.graft.checkpoint.source;

import com.google.auto.service.AutoService;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The last checkpoint of a training run on a file system that all machines share: {@code run:ID} is
 * {@code <folder of the root>/ID/last.ckpt}, where the root is the folder that the present run writes its checkpoints to.
 */
@AutoService(CheckpointSource.class)
// A compiler that does not find AutoService leaves its annotation out.
@SuppressWarnings("exports")
public final class RunSource implements CheckpointSource {
    private static final String ROOT = "checkpoints-root";
    private static final Pattern URI = Pattern.compile("(?i:run):([A-Za-z0-9][A-Za-z0-9._-]*)");

    /** As {@link java.util.ServiceLoader} needs it. */
    public RunSource() {}

    @Override
    public List<String> schemes() {
        return List.of("run");
    }

    @Override
    public List<SourceSetting> settings() {
        return List.of(new SourceSetting(
                ROOT,
                SourceSetting.Kind.PATH,
                "the folder of the present run's checkpoints, beside which those of others lie"));
    }

    @Override
    public boolean isRemote() {
        return false;
    }

    @Override
    public void check(CheckpointRef ref) {
        if (!URI.matcher(ref.uri()).matches()) {
            throw new IllegalArgumentException("`" + ref.shown()
                    + "` names no run; write run: and the run's id, of letters, digits, dots, _ and -");
        }
        String root = ref.settings().get(ROOT);
        if (root == null) {
            throw new IllegalArgumentException("`" + ref.shown() + "` needs to know where runs are; write { uri = \""
                    + ref.shown() + "\", settings { " + ROOT + " = \"folder\" } }");
        }
        if (Path.of(root).toAbsolutePath().normalize().getParent() == null) {
            throw new IllegalArgumentException("`" + root + "` has no folder above it, where other runs could be");
        }
    }

    @Override
    public LocatedCheckpoint locate(CheckpointRef ref) {
        String id = ref.uri().substring(ref.scheme().length() + 1);
        Path root = Path.of(ref.settings().get(ROOT)).toAbsolutePath().normalize();
        return new LocatedCheckpoint.OnDisk(root.resolveSibling(id).resolve("last.ckpt"));
    }
}
