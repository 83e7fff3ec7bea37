package io.graft.checkpoint.source.http;

import com.google.auto.service.AutoService;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.checkpoint.source.CheckpointSource;
import io.graft.checkpoint.source.LocatedCheckpoint;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;

/** Files on web servers: {@code https://host/folder/model.safetensors}. */
@AutoService(CheckpointSource.class)
// A compiler that does not find AutoService leaves its annotation out.
@SuppressWarnings("exports")
public final class HttpSource implements CheckpointSource {
    /** As {@link java.util.ServiceLoader} needs it. */
    public HttpSource() {}

    @Override
    public List<String> schemes() {
        return List.of("http", "https");
    }

    @Override
    public void check(CheckpointRef ref) {
        uri(ref);
    }

    @Override
    public LocatedCheckpoint locate(CheckpointRef ref) {
        return new HttpFile(uri(ref), ref.conditions().token());
    }

    private static URI uri(CheckpointRef ref) {
        URI uri;
        try {
            uri = new URI(ref.uri());
        } catch (URISyntaxException malformed) {
            // the exception's message has the whole text in it, passwords too
            throw new IllegalArgumentException("`" + ref.shown() + "` is no URL: "
                    + malformed.getReason().toLowerCase(Locale.ROOT) + " at character "
                    + (malformed.getIndex() + 1));
        }
        if (uri.getHost() == null) {
            throw new IllegalArgumentException(
                    "`" + ref.shown() + "` names no host; write " + ref.scheme() + "://host/folder/file");
        }
        if (uri.getPath() == null || uri.getPath().isEmpty() || uri.getPath().equals("/")) {
            throw new IllegalArgumentException(
                    "`" + ref.shown() + "` names no file on the host; write " + ref.scheme() + "://host/folder/file");
        }
        return uri;
    }
}
