package io.graft.checkpoint.source;

import static io.graft.checkpoint.source.ScriptedServer.cut;
import static io.graft.checkpoint.source.ScriptedServer.file;
import static io.graft.checkpoint.source.ScriptedServer.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who watches a download is told of every byte that is here, and of nothing that was. */
class ProgressTest {
    private static final String TAG = "\"v1\"";

    @TempDir
    private Path cache;

    private final List<String> told = new ArrayList<>();
    private final Progress watcher = new Progress() {
        @Override
        public void reached(String uri, long bytes, OptionalLong total) {
            told.add(uri.replaceFirst(".*/", "") + " " + bytes + " of " + total.orElse(-1));
        }

        @Override
        public void ended() {
            told.add("ended");
        }
    };

    private void fetch(ScriptedServer server) {
        new Fetching(cache)
                .fetcher()
                .watchedBy(watcher)
                .fetch(CheckpointRef.of(server.url("/model.safetensors?token=geheim")));
    }

    @Test
    void everyByteIsToldAndNothingOfWhatIsAtHand() throws IOException {
        byte[] content = Fetching.safetensors();
        try (ScriptedServer server = new ScriptedServer(file(content, TAG))) {
            fetch(server);
            String all = content.length + " of " + content.length;
            assertEquals("model.safetensors?token=*** " + all, told.get(told.size() - 2));
            assertEquals("ended", told.get(told.size() - 1));
            told.clear();
            fetch(server);
            assertEquals(List.of("ended"), told);
        }
    }

    @Test
    void aDownloadThatGoesOnCountsWhatIsThere() throws IOException {
        byte[] content = Fetching.safetensors();
        try (ScriptedServer server = new ScriptedServer(cut(content, TAG, 100), file(content, TAG))) {
            fetch(server);
            assertEquals("model.safetensors?token=*** 100 of " + content.length, told.get(0));
            assertEquals(1, told.stream().filter("ended"::equals).count());
            assertEquals(
                    "model.safetensors?token=*** " + content.length + " of " + content.length,
                    told.get(told.size() - 2));
        }
    }

    @Test
    void aDownloadThatFailsHasEndedToo() throws IOException {
        byte[] content = Fetching.safetensors();
        try (ScriptedServer server = new ScriptedServer(cut(content, TAG, 100), status(404))) {
            assertThrows(CheckpointException.class, () -> fetch(server));
            assertEquals(List.of("model.safetensors?token=*** 100 of " + content.length, "ended"), told);
        }
    }
}
