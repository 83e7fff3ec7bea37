package io.graft.checkpoint.safetensors;

import com.google.auto.service.AutoService;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointFormat;
import io.graft.checkpoint.bytes.Advice;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.shards.ShardIndex;
import io.graft.checkpoint.shards.ShardKind;
import io.graft.checkpoint.shards.ShardSet;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/** The safetensors format: a single file, or an index that names the shards beside it. */
@AutoService(CheckpointFormat.class)
// A compiler that does not find AutoService leaves its annotation out.
@SuppressWarnings("exports")
public final class SafetensorsFormat implements CheckpointFormat {
    static final Advice ADVICE = ShardKind.SAFETENSORS.advice();

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

    @Override
    public boolean recognizes(Path file, ByteBuffer head) throws IOException {
        return ShardKind.isText(head)
                ? ShardKind.ofIndex(file, head)
                        .filter(ShardKind.SAFETENSORS::equals)
                        .isPresent()
                : isSingle(head, Files.size(file));
    }

    @Override
    public Checkpoint open(Path file) throws IOException {
        return ShardKind.isText(start(file))
                ? ShardSet.open(file, ShardKind.SAFETENSORS, id(), this::single)
                : nonEmpty(single(file));
    }

    @Override
    public Collection<String> filesBeside(Path file) throws IOException {
        return ShardKind.isText(start(file))
                ? ShardIndex.read(file, ShardKind.SAFETENSORS).names()
                : List.of();
    }

    private Checkpoint single(Path path) throws IOException {
        SafetensorsFile file = SafetensorsFile.open(path);
        return new Checkpoint(
                file.path(),
                id(),
                "state_dict",
                Collections.unmodifiableMap(file.tensors()),
                Collections.unmodifiableMap(file.metadata()),
                List.of());
    }

    private static Checkpoint nonEmpty(Checkpoint checkpoint) {
        if (checkpoint.stored().isEmpty()) {
            throw new Refusals(checkpoint.path(), ADVICE).malformed("the file holds 0 tensors");
        }
        return checkpoint;
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
