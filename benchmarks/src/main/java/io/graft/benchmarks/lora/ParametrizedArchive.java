package io.graft.benchmarks.lora;

import com.sun.management.OperatingSystemMXBean;
import io.graft.ModelRef;
import io.graft.ModifierRecord;
import io.graft.Plan;
import io.graft.ValueWatch;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.write.OutputStateDict;
import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.training.TensorKind;
import io.graft.tensor.DType;
import io.graft.tensor.Initializer;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import io.graft.torchscript.ScriptArchive;
import io.graft.torchscript.ScriptFormat;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Freezes a TorchScript archive, puts low-rank adapters on the weights whose names end in some text, and writes it, several times
 * over; tells how long that takes beside a copy of the file, and how much processor time of the process, in milliseconds: medians of the
 * last rounds.
 */
public final class ParametrizedArchive {
    private static final int ROUNDS = 120;
    private static final int COUNTED = 25;
    private static final int RANK = 8;
    private static final WriteOptions PLAIN = new WriteOptions(false, false, Part.WHOLE);

    private ParametrizedArchive() {}

    /** {@code ARCHIVE FOLDER END...}; the folder gets {@code model.pt}. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 3) {
            System.err.println("usage: ParametrizedArchive ARCHIVE FOLDER END...");
            return;
        }
        Path source = Path.of(arguments[0]);
        Path folder = Files.createDirectories(Path.of(arguments[1]));
        List<String> ends = List.of(arguments).subList(2, arguments.length);
        List<Spent> copies = new ArrayList<>();
        List<Spent> edits = new ArrayList<>();
        Path copy = folder.resolve("copy.pt");
        Path edited = folder.resolve("model.pt");
        for (int round = 0; round < ROUNDS; round++) {
            Files.deleteIfExists(copy);
            Files.deleteIfExists(edited);
            copies.add(Spent.by(() -> Files.copy(source, copy)));
            // What waits for the disk would hold the edit up, not the copy.
            Files.delete(copy);
            edits.add(Spent.by(() -> write(source, folder, ends)));
        }
        System.out.println("copy " + Spent.median(copies.subList(ROUNDS - COUNTED, ROUNDS)));
        System.out.println("edit " + Spent.median(edits.subList(ROUNDS - COUNTED, ROUNDS)));
    }

    /** Time that passed, and time of processors, in nanoseconds. */
    private record Spent(long passed, long processors) {
        private interface Work {
            void run() throws IOException;
        }

        private static final OperatingSystemMXBean SYSTEM =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

        static Spent by(Work work) throws IOException {
            long start = System.nanoTime();
            long used = SYSTEM.getProcessCpuTime();
            work.run();
            return new Spent(System.nanoTime() - start, SYSTEM.getProcessCpuTime() - used);
        }

        static String median(List<Spent> all) {
            return middle(all.stream().map(Spent::passed).sorted().toList()) + " ms, of processors "
                    + middle(all.stream().map(Spent::processors).sorted().toList()) + " ms";
        }

        private static long middle(List<Long> sorted) {
            return sorted.get(sorted.size() / 2) / 1_000_000;
        }
    }

    private static void write(Path source, Path folder, List<String> ends) throws IOException {
        ScriptArchive archive = ScriptArchive.read(Checkpoint.open(source));
        ModelDraft draft = archive.draft();
        for (DraftTensor tensor : List.copyOf(draft.tensors())) {
            if (tensor.kind() == TensorKind.PARAMETER) {
                draft.freeze(tensor.name());
            }
            if (ends.stream().anyMatch(tensor.name()::endsWith)) {
                draft.parametrize(tensor.name(), "default", new LowRank(tensor.name(), tensor.shape()));
            }
        }
        ModifierRecord record =
                new ModifierRecord(0, "lora", "", Map.of(), draft.changes(), List.of(), List.of(), List.of());
        Plan plan = new Plan(
                new ModelRef("torchscript", source.toString()),
                List.of(record),
                List.copyOf(draft.tensors()),
                List.of());
        new ScriptFormat(archive, plan)
                .write(folder, new OutputStateDict(new ValueWatch().outputs(plan.stored())), Long.MAX_VALUE, PLAIN);
    }

    private record LowRank(String name, Shape weight) implements Parametrization {
        @Override
        public String id() {
            return "low-rank";
        }

        @Override
        public List<OwnedTensor> owned() {
            return List.of(
                    OwnedTensor.trained(
                            "lora_A", start("lora_A", "kaiming-uniform", Shape.of(RANK, weight.dimension(1)))),
                    OwnedTensor.trained("lora_B", start("lora_B", "zeros", Shape.of(weight.dimension(0), RANK))));
        }

        private LazyTensor start(String slot, String initializer, Shape shape) {
            return Initializer.parse(initializer).tensor(7, name + slot, DType.F32, shape, shape);
        }

        @Override
        public Form form(Expression.Below below) {
            return new Form.LowRank(
                    below, owned().get(1).expression(), owned().get(0).expression(), 2, 0);
        }
    }
}
