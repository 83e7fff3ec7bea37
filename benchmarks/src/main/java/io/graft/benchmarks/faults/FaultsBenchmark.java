package io.graft.benchmarks.faults;

import io.graft.GraftException;
import io.graft.apply.ModelModifierApplier;
import io.graft.benchmarks.measuring.Folders;
import io.graft.benchmarks.measuring.LargeCheckpoint;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.TensorEntry;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What whole {@code graft apply} processes leave that are killed, or whose renames fail, while they replace a model in a folder by
 * another; single files and shards in all four combinations.
 *
 * <p>Arguments: the graft launcher of a distribution, a folder to work in, and optionally how many processes are killed at random
 * moments. Kills at one rename and renames that fail are done by {@link FaultInjector} inside of the processes.
 */
public final class FaultsBenchmark {
    private static final int KILLED = 137;
    private static final int TENSORS = 64;
    private static final long MEBIBYTES = 16;
    private static final int PATIENCE = 300;
    private static final Pattern KEPT = Pattern.compile("it is in `([^`]+)`");

    private final String graft;
    private final Path folder;
    private final Path log;
    private final Path injector;
    private final ModelModifierApplier applier = ModelModifierApplier.create();

    /** What was counted of one kind of fault. */
    private static final class Row {
        private final String name;
        private int tries;
        private int lost;
        private int mixed;
        private int leftovers;
        private int untrue;
        private int hangs;

        Row(String name) {
            this.name = name;
        }

        void print() {
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %d | %d | %d | %d | %d | %d |%n",
                    name,
                    tries,
                    lost,
                    mixed,
                    leftovers,
                    untrue,
                    hangs);
        }
    }

    /** How the old model and the new one are divided. */
    private record Transition(String oldShards, String newShards) {}

    private static final String ONE = "5GB";
    private static final String MANY = "3MiB";
    private static final List<Transition> TRANSITIONS = List.of(
            new Transition(ONE, ONE), new Transition(ONE, MANY), new Transition(MANY, ONE), new Transition(MANY, MANY));

    private FaultsBenchmark(String graft, Path folder) throws IOException {
        this.graft = graft;
        this.folder = folder;
        this.injector = FaultInjectorJar.write(folder.resolve("faults.jar"));
        this.log = folder.resolve("last-run.txt");
    }

    /** Runs the program and prints its table. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length < 2) {
            System.err.println("usage: FaultsBenchmark LAUNCHER FOLDER [KILLS]");
            return;
        }
        int kills = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 200;
        Path folder =
                Files.createDirectories(Path.of(arguments[1])).toRealPath().resolve("graft-faults-benchmark");
        Files.createDirectories(folder);
        try {
            FaultsBenchmark faults =
                    new FaultsBenchmark(Path.of(arguments[0]).toAbsolutePath().toString(), folder);
            faults.makeModels();
            System.out.println("| fault | tries | lost | mixed | left after the next run | untrue messages | hangs |");
            System.out.println("|---|---:|---:|---:|---:|---:|---:|");
            faults.killAtRandom(kills).print();
            faults.killAtEachRename().print();
            faults.failFromEachRename().print();
        } finally {
            Folders.delete(folder);
        }
    }

    private void makeModels() throws IOException {
        for (int value = 1; value <= 3; value++) {
            LargeCheckpoint.writeConstant(model(value), "layers.", TENSORS, MEBIBYTES << 20, value);
        }
    }

    private Row killAtRandom(int kills) throws IOException, InterruptedException {
        Row row = new Row("`kill -9` at a random moment");
        SplittableRandom random = new SplittableRandom(1);
        long longest = 0;
        for (Transition transition : TRANSITIONS) {
            before(transition);
            long start = System.nanoTime();
            finish(row, start(transition));
            longest = Math.max(longest, System.nanoTime() - start);
        }
        for (int kill = 0; kill < kills; kill++) {
            Transition transition = TRANSITIONS.get(kill % TRANSITIONS.size());
            before(transition);
            Process process = start(transition);
            process.waitFor(random.nextLong(longest), TimeUnit.NANOSECONDS);
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            finish(row, process);
            row.tries++;
            judge(row, transition);
        }
        return row;
    }

    private Row killAtEachRename() throws IOException, InterruptedException {
        Row row = new Row("`kill -9` at the n-th rename, link or removal");
        for (Transition transition : TRANSITIONS) {
            boolean ended = false;
            for (int n = 1; !ended; n++) {
                before(transition);
                ended = finish(row, start(transition, FaultInjector.KILL, n)) != KILLED;
                row.tries++;
                judge(row, transition);
            }
        }
        return row;
    }

    private Row failFromEachRename() throws IOException, InterruptedException {
        Row row = new Row("renames and links that fail from the n-th on");
        for (Transition transition : TRANSITIONS) {
            boolean ended = false;
            for (int n = 1; !ended; n++) {
                before(transition);
                Map<String, Long> before = files(out());
                int code = finish(row, start(transition, FaultInjector.FAIL, n));
                String said = Files.readString(log);
                ended = !said.contains(FaultInjector.FAILED);
                row.tries++;
                if (code != 0 && !isTrue(said, before)) {
                    row.untrue++;
                }
                judge(row, transition);
            }
        }
        return row;
    }

    /** Whether the files before are where the message says. */
    private boolean isTrue(String message, Map<String, Long> before) throws IOException {
        Matcher kept = KEPT.matcher(message);
        if (kept.find()) {
            return before.equals(files(Path.of(kept.group(1))));
        }
        return message.contains("the model and the output are as they were")
                && files(out()).entrySet().containsAll(before.entrySet());
    }

    /** Looks at what is there, and at what the next run makes of it. */
    private void judge(Row row, Transition transition) throws IOException {
        try {
            Float value = opened();
            if (value == null) {
                row.mixed++;
            }
        } catch (CheckpointException neither) {
            row.lost++;
        }
        try {
            applier.configuration(config(3, transition.newShards())).run();
        } catch (GraftException refused) {
            System.err.println(refused.getMessage());
            row.lost++;
            return;
        }
        Float value = opened();
        if (value == null || value != 3) {
            row.mixed++;
        }
        boolean single = transition.newShards().equals(ONE);
        long expected = single
                ? 2
                : files(out()).keySet().stream()
                                .filter(name -> name.matches("model-.*safetensors"))
                                .count()
                        + 2;
        boolean clean = files(out()).size() == expected && hidden(out()) == 0 && hidden(folder) == 0;
        if (!clean) {
            row.leftovers++;
        }
    }

    /** The value of all elements; null if there are several. */
    private Float opened() throws IOException {
        Float value = null;
        for (TensorEntry tensor : Checkpoint.open(out()).tensors().values()) {
            float first = tensor.data()
                    .window(0, Float.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getFloat();
            if (value != null && value != first) {
                return null;
            }
            value = first;
        }
        return value;
    }

    private void before(Transition transition) throws IOException {
        Folders.delete(out());
        applier.configuration(config(1, transition.oldShards())).run();
    }

    private Process start(Transition transition) throws IOException {
        return start(transition, "");
    }

    private Process start(Transition transition, String fault, int n) throws IOException {
        return start(transition, "-javaagent:" + injector + "=" + fault + ":" + n);
    }

    private Process start(Transition transition, String options) throws IOException {
        ProcessBuilder process = new ProcessBuilder(
                        graft, "apply", "-c", config(2, transition.newShards()).toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        process.environment().put("JAVA_HOME", System.getProperty("java.home"));
        process.environment().put("GRAFT_JAVA_OPTS", options);
        return process.start();
    }

    private int finish(Row row, Process process) throws InterruptedException {
        if (!process.waitFor(PATIENCE, TimeUnit.SECONDS)) {
            row.hangs++;
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return process.waitFor();
    }

    private Path config(int value, String maxShardSize) throws IOException {
        return Files.writeString(folder.resolve("benchmark-" + value + ".conf"), """
                graft {
                  model.checkpoint = "%s"
                  modifiers = []
                  output { path = "out", overwrite = true, max-shard-size = %s }
                }
                """.formatted(
                        model(value).getFileName(), maxShardSize));
    }

    private Path model(int value) {
        return folder.resolve("model-" + value + ".safetensors");
    }

    private Path out() {
        return folder.resolve("out");
    }

    /** Every file that is not hidden, with its size. */
    private static Map<String, Long> files(Path folder) throws IOException {
        Map<String, Long> files = new TreeMap<>();
        try (Stream<Path> children = Files.list(folder)) {
            for (Path file : children.filter(child -> !isHidden(child)).toList()) {
                files.put(file.getFileName().toString(), Files.size(file));
            }
        }
        return files;
    }

    private static long hidden(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(FaultsBenchmark::isHidden).count();
        }
    }

    private static boolean isHidden(Path file) {
        return file.getFileName().toString().startsWith(".");
    }
}
