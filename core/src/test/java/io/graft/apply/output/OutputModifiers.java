package io.graft.apply.output;

import io.graft.Artifact;
import io.graft.SourceCheckpoint;
import io.graft.apply.TestModifiers;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Key;
import io.graft.config.reading.ObjectBinding;
import io.graft.model.DraftTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Modifiers that make what lies beside a model untrue, or write files of their own. */
public final class OutputModifiers {
    private OutputModifiers() {}

    public static ClassLoader extension(Path folder) {
        return TestModifiers.extension(
                folder,
                Cast.class,
                Resize.class,
                Write.class,
                WriteTensor.class,
                TestModifiers.PartName.class,
                TestModifiers.Freeze.class);
    }

    /** Casts the tensors whose names start with a prefix. */
    public static final class Cast extends TestModifiers.Provider {
        public Cast() {
            super("cast", entry -> {
                ObjectBinding object = entry.object();
                Key<DType> dtype =
                        object.key("dtype", Decoders.enumeration(DType.class)).required();
                Key<String> prefix = object.key("prefix", Decoders.string()).orDefault("\"\"");
                return object.finish(() -> (draft, context) -> List.copyOf(draft.tensors()).stream()
                        .map(DraftTensor::name)
                        .filter(name -> name.startsWith(prefix.get()))
                        .forEach(name -> draft.cast(name, dtype.get())));
            });
        }
    }

    /** Gives a tensor the values of one of another shape. */
    public static final class Resize extends TestModifiers.Provider {
        public Resize() {
            super("resize", entry -> {
                ObjectBinding object = entry.object();
                Key<String> name = object.key("name", Decoders.string()).required();
                Key<Path> from = object.key("checkpoint-path", Decoders.path()).required();
                return object.finish(() -> (draft, context) -> {
                    SourceCheckpoint source = context.open(from.get());
                    draft.resize(
                            name.get(),
                            source.tensor(source.checkpoint().tensors().get(name.get())));
                });
            });
        }
    }

    /** Writes a text beside the model. */
    public static final class Write extends TestModifiers.Provider {
        public Write() {
            super("write", entry -> {
                ObjectBinding object = entry.object();
                Key<String> name = object.key("name", Decoders.string()).required();
                return object.finish(() -> (draft, context) ->
                        context.artifact(Artifact.text(name.get(), WrittenFile.Kind.ADAPTER, "{\"r\": 8}\n")));
            });
        }
    }

    /** Writes a tensor of the model into a file of its own. */
    public static final class WriteTensor extends TestModifiers.Provider {
        public WriteTensor() {
            super("write-tensor", entry -> {
                ObjectBinding object = entry.object();
                Key<String> name = object.key("name", Decoders.string()).required();
                Key<String> tensor = object.key("tensor", Decoders.string()).required();
                return object.finish(() -> (draft, context) -> {
                    LazyTensor value = draft.find(tensor.get()).orElseThrow().value();
                    context.artifact(Artifact.tensors(
                            name.get(), WrittenFile.Kind.ADAPTER, Map.of("part", value), Map.of("of", tensor.get())));
                });
            });
        }
    }
}
