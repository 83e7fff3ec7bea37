package io.graft.modifiers.quantization.layout;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.TensorEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Changes bytes of every fixture, of its header, its configuration and its tensors, and reads what is left: there are values, or a
 * refusal, within bounds. As a program it takes how many changes are tried, and prints what became of them.
 */
final class LayoutMutations {
    /** Far more than any fixture stands for. */
    private static final long MOST_BYTES = 4L << 20;

    private static final long MOST_NANOS = 2_000_000_000L;

    private final Path folder;
    private int opened;
    private int read;
    private int refused;

    LayoutMutations(Path folder) {
        this.folder = folder;
    }

    /** Tries some changes of all fixtures. */
    public static void main(String[] arguments) throws IOException {
        List<String> layouts = layouts();
        int each = Integer.parseInt(arguments[0]) / layouts.size() + 1;
        LayoutMutations mutations = new LayoutMutations(Files.createTempDirectory("graft-mutations-"));
        for (String layout : layouts) {
            mutations.run(layout, each);
        }
        System.out.printf(
                Locale.ROOT,
                "%d changes of %d fixtures: %d opened, %d tensors read, %d refused%n",
                each * layouts.size(),
                layouts.size(),
                mutations.opened,
                mutations.read,
                mutations.refused);
    }

    /** The names of the fixtures. */
    static List<String> layouts() {
        try (Stream<Path> folders = Files.list(QuantizedModel.folder("bnb-nf4").getParent())) {
            return folders.filter(Files::isDirectory)
                    .map(each -> each.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Tries some changes of one. */
    void run(String layout, int count) throws IOException {
        Path source = QuantizedModel.folder(layout);
        byte[] model = Files.readAllBytes(source.resolve("model.safetensors"));
        Path configuration = source.resolve("config.json");
        byte[] config =
                Files.exists(configuration) ? Files.readAllBytes(configuration) : "{}".getBytes(StandardCharsets.UTF_8);
        int header = 8 + (model[0] & 0xff) + ((model[1] & 0xff) << 8);
        SplittableRandom random = new SplittableRandom(layout.hashCode());
        for (int i = 0; i < count; i++) {
            byte[] changed = model.clone();
            byte[] said = config.clone();
            for (int edits = random.nextInt(1, 4); edits > 0; edits--) {
                switch (random.nextInt(4)) {
                    case 0 -> said[random.nextInt(said.length)] = digitOrByte(random);
                    case 1 -> changed[random.nextInt(header, changed.length)] = (byte) random.nextInt(256);
                    default -> changed[random.nextInt(8, header)] = digitOrByte(random);
                }
            }
            Files.write(folder.resolve("model.safetensors"), changed);
            Files.write(folder.resolve("config.json"), said);
            long start = System.nanoTime();
            try {
                read();
            } catch (RuntimeException | Error crashed) {
                throw new AssertionError(layout + ", change " + i + ": " + crashed, crashed);
            }
            if (System.nanoTime() - start > MOST_NANOS) {
                throw new AssertionError(layout + ", change " + i + " takes too long");
            }
        }
    }

    private static byte digitOrByte(SplittableRandom random) {
        return (byte) (random.nextBoolean() ? random.nextInt('0', '9' + 1) : random.nextInt(256));
    }

    private void read() {
        Checkpoint checkpoint;
        try {
            checkpoint = Checkpoint.open(folder);
        } catch (CheckpointException no) {
            refused++;
            return;
        }
        opened++;
        for (String warning : checkpoint.warnings()) {
            if (warning.contains(" failed: ")) {
                throw new IllegalStateException(warning);
            }
        }
        for (TensorEntry entry : checkpoint.tensors().values()) {
            if (entry.data().byteCount() > MOST_BYTES) {
                throw new IllegalStateException(
                        entry.name() + " has " + entry.data().byteCount() + " bytes");
            }
            try {
                entry.data().window(0, (int) entry.data().byteCount());
                read++;
            } catch (CheckpointException | IOException no) {
                refused++;
            }
        }
    }
}
