package io.graft.checkpoint;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Damage done to good files, the same in each run. Programs that have no test engine use it as well. */
public final class Mutations {
    /** Good files, as resources beside this class. Of those that are a part of something, the rest lies beside them. */
    public static final List<String> FILES = List.of(
            "/fixtures/torch/corners.pt",
            "/fixtures/torch/more.pt",
            "/fixtures/torch/corners-legacy.pt",
            "/fixtures/torch/nested.pt",
            "/fixtures/torch/module.pt",
            "/fixtures/torch/wrapped.pt",
            "/fixtures/torch/lightning-parameters.ckpt",
            "/fixtures/m43/full7-lightning.ckpt",
            "/fixtures/m43/scripted.pt",
            "/fixtures/torchscript/scripted.pt",
            "/fixtures/torchscript/traced.pt",
            "/fixtures/torchscript/frozen-steps.pt",
            "/fixtures/torchscript/types.pt",
            "/fixtures/torch/exported.pt2",
            "/fixtures/torch/distributed-ranks/.metadata",
            "/fixtures/torch/distributed-ranks/__0_0.distcp",
            "/fixtures/torch/sharded/pytorch_model.bin.index.json",
            "bert/hf-sharded/model.safetensors.index.json",
            "/fixtures/torch/corners-expected.safetensors",
            "epd/model.safetensors",
            "numpy/arrays.npz",
            "numpy/single.npy",
            "gguf/small.gguf",
            "/fixtures/quantized/gguf-q4_k/model.gguf",
            "/fixtures/quantized/gguf-iq4_xs/model.gguf",
            "/fixtures/quantized/gguf-nvfp4/model.gguf",
            "params/small-0003.params");

    private static final int RUNS = Integer.getInteger("graft.mutations", 400);

    /** Files looked at together: starting a watch for each takes longer than reading it. */
    private static final int BATCH = 50;

    private Mutations() {}

    /**
     * Damages a good file again and again and reads what comes of it, all tensors included. What lies beside a file that is a part of
     * something is put beside each damaged one.
     *
     * @param folder to work in
     * @return how many of the files could be read nevertheless
     */
    public static int readAll(Path good, long seed, int runs, Path folder) throws IOException {
        String name = good.getFileName().toString();
        boolean isPart = name.endsWith(".distcp");
        if (!isPart && !ModelFiles.isIndex(name)) {
            return readAll(Files.readAllBytes(good), seed, runs, bad -> bad, folder.resolve("mutated"));
        }
        Path work = Files.createDirectory(folder.resolve("parts"));
        try (Stream<Path> beside = Files.list(good.getParent())) {
            for (Path other : beside.toList()) {
                Files.copy(other, work.resolve(other.getFileName()));
            }
        }
        int read = readAll(
                Files.readAllBytes(good),
                seed,
                runs,
                bad -> bad,
                work.resolve(name),
                work.resolve(isPart ? ModelFiles.DISTRIBUTED : name));
        try (Stream<Path> left = Files.list(work)) {
            for (Path file : left.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(work);
        return read;
    }

    /** How often tests damage a file. */
    static int runs() {
        return RUNS;
    }

    /**
     * Damages the bytes again and again and reads what comes of it, all tensors included.
     *
     * @param pack puts damaged bytes into the file that they are part of
     * @param file written and removed
     */
    public static void readAll(byte[] good, long seed, UnaryOperator<byte[]> pack, Path file) throws IOException {
        readAll(good, seed, RUNS, pack, file);
    }

    /**
     * As {@link #readAll(byte[], long, UnaryOperator, Path)}, so many times.
     *
     * @return how many of the files could be read nevertheless
     */
    public static int readAll(byte[] good, long seed, int runs, UnaryOperator<byte[]> pack, Path file)
            throws IOException {
        return readAll(good, seed, runs, pack, file, file);
    }

    private static int readAll(byte[] good, long seed, int runs, UnaryOperator<byte[]> pack, Path file, Path opened)
            throws IOException {
        Random random = new Random(seed);
        AtomicInteger read = new AtomicInteger();
        for (int run = 0; run < runs; run += BATCH) {
            byte[][] bad = new byte[Math.min(BATCH, runs - run)][];
            for (int i = 0; i < bad.length; i++) {
                bad[i] = pack.apply(mutate(good, random));
            }
            String what = "runs from " + run + " of seed " + seed;
            Watched.run(Duration.ofSeconds(2L * BATCH), what, () -> {
                for (int i = 0; i < bad.length; i++) {
                    read.addAndGet(read(bad[i], file, opened, what + ", the one at " + i) ? 1 : 0);
                }
            });
        }
        Files.delete(file);
        return read.get();
    }

    private static boolean read(byte[] content, Path target, Path opened, String what) throws IOException {
        Files.write(target, content);
        try {
            for (TensorEntry entry : Checkpoint.open(opened).tensors().values()) {
                long size = entry.dtype().byteCount(entry.shape());
                Counter counter = new Counter();
                try (WritableByteChannel channel = Channels.newChannel(counter)) {
                    entry.data().transferTo(channel);
                }
                if (counter.count != size) {
                    throw new AssertionError(
                            what + ": " + entry.name() + " of " + size + " bytes gave " + counter.count);
                }
            }
            return true;
        } catch (CheckpointException refused) {
            if (refused.getMessage().lines().count() != 1) {
                throw new AssertionError(what + ": " + refused.getMessage());
            }
            return false;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError crash) {
            throw new AssertionError(what, crash);
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
    public static byte[] mutate(byte[] good, Random random) {
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
}
