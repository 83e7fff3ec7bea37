package io.graft.checkpoint.pytorch;

import static io.graft.checkpoint.pytorch.TorchFiles.fixture;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.fail;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.TensorEntry;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever happens to a good file, reading it ends in tensors or in a {@link CheckpointException}. */
class MutationTest {
    private static final int RUNS = 400;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "torch/corners.pt",
                "torch/more.pt",
                "torch/corners-legacy.pt",
                "torch/nested.pt",
                "m43/full7-lightning.ckpt"
            })
    void damagedFiles(String fixture) throws IOException {
        byte[] good = Files.readAllBytes(fixture(fixture));
        readAll(good, fixture.hashCode(), false);
    }

    /** Damage in the pickle alone, with a right checksum, so that it gets past the container. */
    @ParameterizedTest
    @ValueSource(strings = {"torch/corners.pt", "torch/more.pt"})
    void damagedPickles(String fixture) throws IOException {
        byte[] file = Files.readAllBytes(fixture(fixture));
        int start = indexOf(file, "\u0080\u0002}", 0);
        int end = indexOf(file, "PK\7\b", start);
        readAll(Arrays.copyOfRange(file, start, end), fixture.hashCode(), true);
    }

    private void readAll(byte[] good, long seed, boolean pickle) {
        Random random = new Random(seed);
        for (int run = 0; run < RUNS; run++) {
            byte[] bad = mutate(good, random);
            byte[] content = pickle
                    ? new Zip()
                            .stored("archive/data.pkl", bad)
                            .stored("archive/data/0", new byte[96])
                            .stored("archive/data/1", new byte[4])
                            .stored("archive/data/2", new byte[0])
                            .stored("archive/data/3", new byte[12])
                            .build()
                    : bad;
            String what = "run " + run + " of seed " + seed;
            assertTimeoutPreemptively(Duration.ofSeconds(2), () -> read(content, what), what);
        }
    }

    private void read(byte[] content, String what) throws IOException {
        Path file = Files.write(folder.resolve("mutated.pt"), content);
        try {
            for (TensorEntry entry : TorchFiles.open(file).tensors().values()) {
                long size = entry.dtype().byteCount(entry.shape());
                Counter counter = new Counter();
                try (WritableByteChannel channel = Channels.newChannel(counter)) {
                    entry.data().transferTo(channel);
                }
                if (counter.count != size) {
                    fail(what + ": " + entry.name() + " of " + size + " bytes gave " + counter.count);
                }
            }
        } catch (CheckpointException refused) {
            if (refused.getMessage().lines().count() != 1) {
                fail(what + ": " + refused.getMessage());
            }
        }
    }

    private static final class Counter extends OutputStream {
        private long count;

        @Override
        public void write(int one) {
            count++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            count += length;
        }
    }

    /** Changes, removes, repeats or inserts a few bytes. */
    private static byte[] mutate(byte[] good, Random random) {
        byte[] bad = good.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(bad.length);
            switch (random.nextInt(6)) {
                case 0 -> bad[at] = (byte) random.nextInt(256);
                case 1 -> bad[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bad[at] = (byte) (random.nextBoolean() ? 0xff : 0);
                case 3 -> bad = splice(bad, at, Math.min(bad.length, at + 1 + random.nextInt(8)), new byte[0]);
                case 4 ->
                    bad = splice(
                            bad, at, at, Arrays.copyOfRange(bad, at, Math.min(bad.length, at + random.nextInt(40))));
                default -> {
                    int from = random.nextInt(bad.length);
                    byte[] piece = Arrays.copyOfRange(bad, from, Math.min(bad.length, from + random.nextInt(12)));
                    bad = splice(bad, at, Math.min(bad.length, at + piece.length), piece);
                }
            }
        }
        return bad;
    }

    private static byte[] splice(byte[] bytes, int from, int to, byte[] piece) {
        byte[] result = new byte[bytes.length - (to - from) + piece.length];
        System.arraycopy(bytes, 0, result, 0, from);
        System.arraycopy(piece, 0, result, from, piece.length);
        System.arraycopy(bytes, to, result, from + piece.length, bytes.length - to);
        return result;
    }

    private static int indexOf(byte[] bytes, String text, int from) {
        return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text, from);
    }
}
