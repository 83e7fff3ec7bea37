package io.graft.cli.apply;

import ai.djl.nn.Parameter;
import io.graft.ModelModifier;
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
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Gives {@code weight} values, frees it behind Graft's back, and then has none for {@code bias}. */
public final class LosingModifier implements ModifierProvider {
    /** A class loader that offers it. */
    public static URLClassLoader extension(Path folder) throws IOException {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve(ModifierProvider.class.getName()), LosingModifier.class.getName());
        return new URLClassLoader(new URL[] {folder.toUri().toURL()}, LosingModifier.class.getClassLoader());
    }

    @Override
    public int apiLevel() {
        return 1;
    }

    @Override
    public PlugDescriptor descriptor() {
        return new PlugDescriptor("losing", List.of(), getClass().getName(), "", List.of());
    }

    @Override
    public Bound<ModelModifier> bind(ConfigCursor entry) {
        return entry.object().finish(() -> (draft, context) -> lose(draft));
    }

    private static void lose(ModelDraft draft) {
        LazyTensor weight = draft.find("weight").orElseThrow().base();
        Parameter parameter = (Parameter) weight.storage().orElseThrow();
        draft.assign("weight", new Values(Shape.of(2, 3), () -> TensorData.of(ByteBuffer.allocate(24))));
        draft.assign("bias", new Values(Shape.of(2), () -> {
            parameter.getArray().close();
            throw new IOException("the disk is gone");
        }));
    }

    private interface Source {
        TensorData read() throws IOException;
    }

    private record Values(Shape shape, Source source) implements LazyTensor {
        @Override
        public DType dtype() {
            return DType.F32;
        }

        @Override
        public List<LazyTensor> inputs() {
            return List.of();
        }

        @Override
        public Provenance provenance() {
            return new Provenance.Stored("nowhere", "x");
        }

        @Override
        public TensorData materialize() throws IOException {
            return source.read();
        }
    }
}
