package io.graft.checkpoint.shards;

import io.graft.checkpoint.bytes.Advice;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** The formats that transformers divides into shards. */
public enum ShardKind {
    SAFETENSORS(
            "safetensors",
            ".safetensors",
            Advice.always("it seems to be a safetensors file: get it again from its source or save it again")),
    PYTORCH("PyTorch", ".bin", Advice.of("it seems to be a PyTorch file: copy or download it again"));

    private static final String INDEX = ".index.json";

    private final String title;
    private final String extension;
    private final Advice advice;

    ShardKind(String title, String extension, Advice advice) {
        this.title = title;
        this.extension = extension;
        this.advice = advice;
    }

    /**
     * The kind of an index; empty for a file that is none. One without the name of an index is known by its content.
     *
     * @param head the first bytes of the file
     */
    public static Optional<ShardKind> ofIndex(Path file, ByteBuffer head) {
        if (!isText(head)) {
            return Optional.empty();
        }
        Optional<ShardKind> named = ofIndex(file);
        String start = StandardCharsets.ISO_8859_1.decode(head.duplicate()).toString();
        if (named.isPresent() || !(file.toString().endsWith(INDEX) || start.contains("\"weight_map\""))) {
            return named;
        }
        return Optional.of(start.contains(PYTORCH.extension + '"') ? PYTORCH : SAFETENSORS);
    }

    /** The kind of an index that is called as transformers does it; empty for another file. */
    public static Optional<ShardKind> ofIndex(Path file) {
        for (ShardKind kind : values()) {
            if (file.toString().endsWith(kind.indexEnding())) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    /** Whether a file is a JSON text: read as the length of a header, its first bytes would exceed any limit. */
    public static boolean isText(ByteBuffer head) {
        return head.remaining() >= Long.BYTES && head.get(0) == '{' && head.get(Long.BYTES - 1) != 0;
    }

    /** How people call the format. */
    public String title() {
        return title;
    }

    /** The end of a shard's name. */
    public String extension() {
        return extension;
    }

    /** The end of an index's name. */
    public String indexEnding() {
        return extension + INDEX;
    }

    /** What can be done about its files. */
    public Advice advice() {
        return advice;
    }
}
