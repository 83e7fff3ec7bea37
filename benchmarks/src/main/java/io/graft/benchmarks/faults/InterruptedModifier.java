package io.graft.benchmarks.faults;

import io.graft.ModelModifier;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.model.ModelDraft;
import io.graft.registry.ModifierProvider;
import io.graft.registry.PlugDescriptor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Gives a model the values of a file, which the extension computes, and may interrupt itself or fail while it does. */
public final class InterruptedModifier implements ModifierProvider {
    private static Checkpoint values;
    private static boolean fails;
    private static boolean interrupts;

    /** A class loader that offers it. */
    static URLClassLoader extension(Path folder) throws IOException {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve(ModifierProvider.class.getName()), InterruptedModifier.class.getName());
        return new URLClassLoader(new URL[] {folder.toUri().toURL()}, InterruptedModifier.class.getClassLoader());
    }

    /** Has the next run fail at its last tensor, or interrupt its own threads now and then. */
    static void arm(Checkpoint checkpoint, boolean failing, boolean interrupting) {
        values = checkpoint;
        fails = failing;
        interrupts = interrupting;
    }

    @Override
    public int apiLevel() {
        return 1;
    }

    @Override
    public PlugDescriptor descriptor() {
        return new PlugDescriptor("interrupted", List.of(), getClass().getName(), "", List.of());
    }

    @Override
    public Bound<ModelModifier> bind(ConfigCursor entry) {
        return entry.object().finish(() -> (draft, context) -> assign(draft));
    }

    private static void assign(ModelDraft draft) {
        List<TensorEntry> entries = List.copyOf(values.tensors().values());
        TensorEntry last = entries.get(entries.size() - 1);
        for (TensorEntry entry : entries) {
            draft.assign(entry.name(), new Values(entry, interrupts, fails && entry.equals(last)));
        }
    }

    private record Values(TensorEntry stored, boolean interrupts, boolean fails) implements LazyTensor {
        @Override
        public DType dtype() {
            return stored.dtype();
        }

        @Override
        public Shape shape() {
            return stored.shape();
        }

        @Override
        public List<LazyTensor> inputs() {
            return List.of();
        }

        @Override
        public Provenance provenance() {
            return new Provenance.Stored("values", stored.name());
        }

        @Override
        public TensorData materialize() {
            TensorData data = stored.data();
            long elements = shape().elementCount();
            return TensorData.computed(data, dtype(), elements, (first, count, room) -> {
                if (fails && first >= elements / 2) {
                    throw new IOException("fails as it should");
                }
                TensorData.Elements asked = data.elements(dtype(), first, count, room);
                if (interrupts && ThreadLocalRandom.current().nextInt(64) == 0) {
                    Thread.currentThread().interrupt();
                }
                return asked;
            });
        }
    }
}
