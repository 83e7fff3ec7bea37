package io.graft.checkpoint.source;

import io.graft.checkpoint.ByteRange;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.Sha256;
import io.graft.checkpoint.TensorEntry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What a file that a run reads was when the run opened it, so that it can be told later whether another run read the same. Hardly any
 * tensor data are read for it.
 *
 * @param uri as reports name the file
 * @param bytes its size
 * @param modified when it was last modified; empty for a file from another machine, where it would tell when it came here
 * @param headerSha256 digest of what stands before the first tensor's data, {@value #LONGEST_HEADER} bytes at most; 64
 *     hexadecimal digits. Of a safetensors file it is the header with its length field, of a file without tensors all of it, and of one
 *     that begins with data, as a part of a distributed checkpoint or ONNX's external data do, its first {@value #BEGINNING} bytes.
 * @param sha256 digest of the whole file, where it is known
 */
public record InputIdentity(
        String uri, long bytes, Optional<Instant> modified, Sha256 headerSha256, Optional<Sha256> sha256) {
    private static final int LONGEST_HEADER = 1 << 24;
    private static final int BEGINNING = 4096;

    /**
     * The files of a checkpoint: its index, if it has one, then those that hold tensors, and the configuration if that matters.
     *
     * @param names how reports name a file
     * @throws IOException if a file cannot be read
     */
    public static List<InputIdentity> of(Checkpoint checkpoint, Function<Path, String> names) throws IOException {
        Map<Path, Long> dataStarts = new TreeMap<>();
        for (TensorEntry tensor : checkpoint.stored().values()) {
            for (ByteRange range : tensor.ranges()) {
                dataStarts.merge(range.file(), range.offset(), Math::min);
            }
        }
        List<InputIdentity> files = new ArrayList<>();
        if (!dataStarts.containsKey(checkpoint.path())) {
            files.add(of(checkpoint.path(), names.apply(checkpoint.path())));
        }
        for (Map.Entry<Path, Long> file : dataStarts.entrySet()) {
            long header = file.getValue() == 0 ? BEGINNING : file.getValue();
            files.add(of(file.getKey(), names.apply(file.getKey()), header));
        }
        if (checkpoint.usedConfiguration().isPresent()) {
            Path config = checkpoint.usedConfiguration().get();
            files.add(of(config, names.apply(config)));
        }
        return files;
    }

    /**
     * A file without tensors.
     *
     * @throws IOException if it cannot be read
     */
    public static InputIdentity of(Path file, String uri) throws IOException {
        return of(file, uri, Files.size(file));
    }

    /** The same, of a file that came from another machine. */
    public InputIdentity fetched() {
        return new InputIdentity(uri, bytes, Optional.empty(), headerSha256, sha256);
    }

    /** The same, with the digest of the whole file if it is known. */
    public InputIdentity withSha256(Optional<Sha256> known) {
        return new InputIdentity(uri, bytes, modified, headerSha256, known);
    }

    /** A run has each file once, by and large. */
    @Override
    public int hashCode() {
        return uri.hashCode();
    }

    private static InputIdentity of(Path file, String uri, long headerBytes) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] header = in.readNBytes((int) Math.min(headerBytes, LONGEST_HEADER));
            return new InputIdentity(
                    uri,
                    Files.size(file),
                    Optional.of(Files.getLastModifiedTime(file).toInstant()),
                    Sha256.of(header),
                    Optional.empty());
        }
    }
}
