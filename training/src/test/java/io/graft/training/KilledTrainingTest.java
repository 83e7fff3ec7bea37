package io.graft.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.training.checkpoint.SavedTraining;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are killed, or run out of room, while they save a training. */
class KilledTrainingTest {
    private static final int KILLS = Integer.getInteger("graft.training.kills", 2);
    private static final int STEPS = 30 * (KILLS + 1);

    @TempDir
    Path folder;

    private Process start(List<String> before, int steps) throws IOException {
        List<String> line = new ArrayList<>(before);
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(List.of("-Dai.djl.offline=true", "-DOPT_OUT_TRACKING=true", "-XX:-UsePerfData"));
        line.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx512m", "-Xshare:auto"));
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), KilledTraining.class.getName()));
        line.addAll(List.of(folder.resolve("checkpoints").toString(), Integer.toString(steps)));
        return new ProcessBuilder(line).redirectErrorStream(true).start();
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aTrainingThatWasKilledEndsWithTheSameWeights() throws IOException, InterruptedException {
        Map<String, ByteBuffer> whole = KilledTraining.train(folder.resolve("whole"), STEPS, step -> {});
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Path checkpoints = folder.resolve("checkpoints");
        long before = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            Process process = start(List.of(), STEPS);
            try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
                int steps = 3 + random.nextInt(25);
                while (steps > 0) {
                    String line = out.readLine();
                    assertNotNull(line, () -> "it ended; seed " + seed);
                    steps -= line.startsWith("step ") ? 1 : 0;
                }
                Thread.sleep(random.nextInt(8));
                process.destroyForcibly();
                process.waitFor();
            }
            long now = SavedTraining.last(checkpoints).orElseThrow().moment().steps();
            assertTrue(now > before && now < STEPS, now + " after " + before + "; seed " + seed);
            before = now;
        }
        assertEquals(
                List.of(),
                Trained.changed(whole, KilledTraining.train(checkpoints, STEPS, step -> {})),
                () -> "seed " + seed);
        try (Stream<Path> left = Files.list(checkpoints)) {
            assertEquals(
                    List.of(),
                    left.map(each -> each.getFileName().toString())
                            .filter(name -> name.endsWith(".part"))
                            .toList());
        }
    }

    /** A limit on the size of files stands for the full disk, which only an administrator can make. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void withoutRoomTheLastGoodOneStaysAndTheTrainingGoesOn() throws IOException, InterruptedException {
        Path checkpoints = folder.resolve("checkpoints");
        KilledTraining.train(checkpoints, 2, step -> {});
        Process process = start(List.of("sh", "-c", "ulimit -f 1; exec \"$@\"", "sh"), 4);
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), out);
        assertEquals(
                List.of("step 3", "step 4"),
                out.lines().filter(line -> line.startsWith("step ")).toList());
        assertEquals(
                Stream.of(3, 4)
                        .map(step -> "the training is not saved at epoch 0, step " + step
                                + ": IOException: File too large; free space or give another path, the checkpoints in "
                                + checkpoints + " are as they were")
                        .toList(),
                Warnings.in(out));
        try (Stream<Path> left = Files.list(checkpoints)) {
            assertEquals(
                    List.of("step-00000001", "step-00000002"),
                    left.map(each -> each.getFileName().toString()).sorted().toList());
        }
        assertEquals(2, SavedTraining.last(checkpoints).orElseThrow().moment().steps());
    }
}
