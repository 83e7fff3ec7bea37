package io.graft.checkpoint.source;

import com.google.auto.service.AutoService;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;

/** Files and folders of this machine: {@code file:///models/a.ckpt}. */
@AutoService(CheckpointSource.class)
// A compiler that does not find AutoService leaves its annotation out.
@SuppressWarnings("exports")
public final class FileSource implements CheckpointSource {
    /** As {@link java.util.ServiceLoader} needs it. */
    public FileSource() {}

    @Override
    public List<String> schemes() {
        return List.of(CheckpointRef.FILE);
    }

    @Override
    public boolean isRemote() {
        return false;
    }

    @Override
    public void check(CheckpointRef ref) {
        path(ref);
    }

    @Override
    public LocatedCheckpoint locate(CheckpointRef ref) {
        return new LocatedCheckpoint.OnDisk(path(ref));
    }

    /** The path that a {@code file:} URI is of. */
    public static Path path(CheckpointRef ref) {
        try {
            URI uri = new URI(ref.uri());
            boolean here =
                    uri.getRawAuthority() == null || uri.getRawAuthority().equals("localhost");
            if (here && uri.getRawPath() != null && uri.getRawQuery() == null && uri.getRawFragment() == null) {
                return Path.of(new URI(CheckpointRef.FILE, null, uri.getPath(), null));
            }
        } catch (URISyntaxException | IllegalArgumentException unusable) {
            throw refusal(ref, unusable);
        }
        throw refusal(ref, null);
    }

    private static IllegalArgumentException refusal(CheckpointRef ref, Exception cause) {
        return new IllegalArgumentException(
                "`" + ref.shown() + "` names no file of this machine; write file:///folder/file, or the path alone",
                cause);
    }
}
