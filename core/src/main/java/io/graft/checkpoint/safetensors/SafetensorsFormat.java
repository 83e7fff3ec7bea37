package io.graft.checkpoint.safetensors;

import com.google.auto.service.AutoService;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointFormat;
import io.graft.checkpoint.bytes.Advice;
import io.graft.checkpoint.bytes.Refusals;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

/** The safetensors format: a single file, or an index that names the shards beside it. */
@AutoService(CheckpointFormat.class)
// A compiler that does not find AutoService leaves its annotation out.
@SuppressWarnings("exports")
public final class SafetensorsFormat implements CheckpointFormat {
    private static final String AGAIN =
            "it seems to be a safetensors file: get it again from its source or save it again";

    static final Advice ADVICE = new Advice(AGAIN, AGAIN);

    private static final String LAYOUT = "state_dict";

    /** As {@link java.util.ServiceLoader} needs it. */
    public SafetensorsFormat() {}

    @Override
    public String id() {
        return "safetensors";
    }

    @Override
    public boolean readsPickle() {
        return false;
    }

    /**
     * The files that an index names, sorted.
     *
     * @throws CheckpointException if the index is malformed or refused
     */
    public static List<String> shardsOf(Path index) throws IOException {
        return ShardIndex.read(index).shards().values().stream()
                .distinct()
                .sorted()
                .toList();
    }

    @Override
    public boolean recognizes(Path file, ByteBuffer head) throws IOException {
        return isText(head) ? isIndex(file, head) : isSingle(head, Files.size(file));
    }

    @Override
    public Checkpoint open(Path file) throws IOException {
        Checkpoint checkpoint = isText(start(file)) ? sharded(file) : single(file);
        if (checkpoint.tensors().isEmpty()) {
            throw new Refusals(file, SafetensorsFormat.ADVICE).malformed("the file holds 0 tensors");
        }
        return checkpoint;
    }

    private Checkpoint single(Path path) throws IOException {
        SafetensorsFile file = SafetensorsFile.open(path);
        return new Checkpoint(
                file.path(),
                id(),
                LAYOUT,
                Collections.unmodifiableMap(file.tensors()),
                Collections.unmodifiableMap(file.metadata()),
                List.of());
    }

    private Checkpoint sharded(Path index) throws IOException {
        ShardSet shards = ShardSet.open(index);
        return new Checkpoint(
                index,
                id(),
                LAYOUT,
                Collections.unmodifiableMap(shards.tensors()),
                Collections.unmodifiableMap(shards.metadata()),
                shards.warnings());
    }

    /** Whether the file is a JSON text: read as a header's length, its first bytes would exceed any limit. */
    private static boolean isText(ByteBuffer head) {
        return head.remaining() >= Long.BYTES && head.get(0) == '{' && head.get(Long.BYTES - 1) != 0;
    }

    private static boolean isIndex(Path file, ByteBuffer head) {
        return file.toString().endsWith(".index.json")
                || StandardCharsets.ISO_8859_1
                        .decode(head.duplicate())
                        .toString()
                        .contains("\"weight_map\"");
    }

    /** Whether a header seems to begin at byte 8; one that breaks the rules is still taken, to say which it breaks. */
    private static boolean isSingle(ByteBuffer head, long size) {
        if (head.remaining() <= SafetensorsHeader.LENGTH_FIELD) {
            return false;
        }
        byte first = head.get(SafetensorsHeader.LENGTH_FIELD);
        long length = head.getLong(0);
        boolean plausible =
                length > 0 && length <= SafetensorsHeader.LONGEST && length <= size - SafetensorsHeader.LENGTH_FIELD;
        return first == '{' || (plausible && "[ \t\r\n\u00ef".indexOf(first & 0xff) >= 0);
    }

    private static ByteBuffer start(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return ByteBuffer.wrap(in.readNBytes(Long.BYTES));
        }
    }
}
