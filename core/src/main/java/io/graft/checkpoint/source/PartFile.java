package io.graft.checkpoint.source;

import io.graft.checkpoint.CheckpointException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongConsumer;

/** Writes what arrives to the end of the part, and refuses what cannot be a checkpoint as soon as that shows. */
final class PartFile {
    private static final int HEAD = 512;
    private static final int BLOCK = 1 << 16;

    private final CacheEntry entry;
    private final FetchConditions conditions;
    private final TransferWatch watch;
    private final LongConsumer written;

    /**
     * @param written is told how long the part is, whenever it has grown
     */
    PartFile(CacheEntry entry, FetchConditions conditions, TransferWatch watch, LongConsumer written) {
        this.entry = entry;
        this.conditions = conditions;
        this.watch = watch;
        this.written = written;
    }

    static long size(CacheEntry entry) throws IOException {
        return Files.size(entry.part());
    }

    /**
     * Writes a body to its end and forces it to the disk.
     *
     * @param from where the body begins in the file
     * @throws TransferException if the body ends early, stalls, is too long or is none
     */
    void write(RemoteContent.Body body, long from) throws IOException {
        try (FileChannel channel =
                FileChannel.open(entry.part(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.truncate(from).position(from);
            byte[] block = new byte[BLOCK];
            for (int read = read(body, block, from); read >= 0; read = read(body, block, channel.position())) {
                watch.progressed();
                if (channel.position() == 0 && read > 0) {
                    refusePage(body, new String(block, 0, Math.min(read, HEAD), StandardCharsets.ISO_8859_1));
                }
                requireSize(body, channel.position() + read);
                write(channel, ByteBuffer.wrap(block, 0, read));
                written.accept(channel.position());
            }
            requireWhole(body, channel.position());
            channel.force(true);
        }
    }

    private int read(RemoteContent.Body body, byte[] block, long have) throws TransferException {
        try {
            int read = body.bytes().read(block);
            if (read < 0 && watch.cause() != TransferWatch.Cause.NONE) {
                throw brokenOff(body, have, null);
            }
            return read;
        } catch (TransferException told) {
            throw told;
        } catch (IOException failed) {
            throw brokenOff(body, have, failed);
        }
    }

    private TransferException brokenOff(RemoteContent.Body body, long have, IOException failed) {
        return switch (watch.cause()) {
            case IDLE ->
                TransferException.passing(
                        "nothing arrived for " + conditions.idleTimeout().toMillis() + " ms (idle-timeout)", failed);
            case TIMEOUT -> outOfTime(conditions);
            case NONE -> TransferException.passing("the connection broke after " + have + of(body) + " bytes", failed);
        };
    }

    static TransferException outOfTime(FetchConditions conditions) {
        return TransferException.lasting(
                Reason.UNREACHABLE,
                "the download took longer than "
                        + conditions.timeout().orElseThrow().toMillis() + " ms (timeout)",
                "raise `timeout`, or leave it out: `idle-timeout` alone finds a server that has stopped");
    }

    private void requireSize(RemoteContent.Body body, long size) throws IOException {
        if (conditions.maxBytes().isPresent() && size > conditions.maxBytes().get()) {
            entry.discardPart();
            throw tooLarge("more bytes arrive", conditions.maxBytes().get());
        }
        if (body.total().isPresent() && size > body.total().getAsLong()) {
            entry.discardPart();
            throw TransferException.passing(
                    "more than the declared " + body.total().getAsLong() + " bytes arrived", Optional.empty());
        }
    }

    static TransferException tooLarge(String what, long limit) {
        return TransferException.lasting(
                Reason.REFUSED,
                what + ", and `max-size` is " + limit + " bytes",
                "raise `max-size` if that is expected");
    }

    private void requireWhole(RemoteContent.Body body, long size) throws IOException {
        if (size == 0 && body.total().orElse(0) == 0) {
            entry.discardPart();
            throw TransferException.lasting(
                    Reason.MALFORMED,
                    "empty response: 0 bytes" + as(body),
                    "check the location and that you may read it");
        }
        if (body.total().isPresent() && size < body.total().getAsLong()) {
            throw TransferException.passing("the transfer ended after " + size + of(body) + " bytes", Optional.empty());
        }
    }

    private void refusePage(RemoteContent.Body body, String head) throws IOException {
        String text = head.stripLeading().toLowerCase(Locale.ROOT);
        if (text.startsWith("<!doctype html") || text.startsWith("<html")) {
            entry.discardPart();
            throw TransferException.lasting(
                    Reason.UNRECOGNISED,
                    "the server sends an HTML page" + as(body) + " in place of a checkpoint, probably one to log in",
                    "open the location in a browser; if it needs a login, give `token`");
        }
    }

    private static String of(RemoteContent.Body body) {
        return body.total().isPresent() ? " of " + body.total().getAsLong() : "";
    }

    private static String as(RemoteContent.Body body) {
        return body.contentType().isEmpty() ? "" : " (content type " + body.contentType() + ")";
    }

    private static void write(FileChannel channel, ByteBuffer bytes) throws TransferException {
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException full) {
            throw TransferException.lasting(
                    Reason.UNREADABLE,
                    "what arrives cannot be written into the cache folder (" + Download.words(full) + ")",
                    "make room there, or set GRAFT_CACHE to a folder on another disk",
                    full);
        }
    }
}
