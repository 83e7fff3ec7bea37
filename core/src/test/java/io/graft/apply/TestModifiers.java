package io.graft.apply;

import io.graft.ModelModifier;
import io.graft.ModifierContext;
import io.graft.SkipReason;
import io.graft.SourceCheckpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.config.decoding.Constraints;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Binder;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.Key;
import io.graft.config.reading.ObjectBinding;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.training.Trainability;
import io.graft.model.training.Trainability.Moment;
import io.graft.model.training.Trainability.Unit;
import io.graft.problem.ProblemCode;
import io.graft.registry.ModifierProvider;
import io.graft.registry.PlugDescriptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Modifiers of a small extension, written by hand as the processor would generate them. */
public final class TestModifiers {
    private TestModifiers() {}

    /** A class loader that offers these providers as an extension would. */
    public static ClassLoader extension(Path folder, Class<?>... providers) {
        try {
            Path services = Files.createDirectories(folder.resolve("META-INF/services"));
            Files.writeString(
                    services.resolve(ModifierProvider.class.getName()),
                    Stream.of(providers).map(Class::getName).collect(Collectors.joining("\n")));
            return new URLClassLoader(new URL[] {folder.toUri().toURL()}, TestModifiers.class.getClassLoader());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A class loader that offers every usable provider. */
    public static ClassLoader extension(Path folder) {
        return extension(folder, Load.class, Freeze.class, Train.class, PartName.class, Rename.class, Fail.class);
    }

    public abstract static class Provider implements ModifierProvider {
        private final String id;
        private final Binder<ModelModifier> binder;

        protected Provider(String id, Binder<ModelModifier> binder) {
            this.id = id;
            this.binder = binder;
        }

        @Override
        public int apiLevel() {
            return 1;
        }

        @Override
        public PlugDescriptor descriptor() {
            return new PlugDescriptor(id, List.of(), getClass().getName(), "", List.of());
        }

        @Override
        public Bound<ModelModifier> bind(ConfigCursor entry) {
            return binder.bind(entry);
        }
    }

    /** Loads every tensor of a checkpoint that has the model's name and shape. */
    public static final class Load extends Provider {
        public Load() {
            super("load", entry -> {
                ObjectBinding object = entry.object();
                Key<Path> path = object.key("checkpoint-path", Decoders.path()).required();
                return object.finish(() -> (draft, context) -> load(path.get(), draft, context));
            });
        }

        private static void load(Path path, ModelDraft draft, ModifierContext context) {
            SourceCheckpoint source = context.open(path);
            for (TensorEntry entry : source.checkpoint().tensors().values()) {
                DraftTensor tensor = draft.find(entry.name()).orElse(null);
                if (tensor == null) {
                    context.skipped(entry.name(), SkipReason.NOT_IN_MODEL, "");
                } else if (!tensor.shape().equals(entry.shape())) {
                    context.skipped(entry.name(), SkipReason.SHAPE_MISMATCH, entry.shape() + ", " + tensor.shape());
                    context.missing(entry.name());
                } else {
                    draft.assign(entry.name(), source.tensor(entry));
                }
            }
        }
    }

    /** Trains a tensor from an epoch on, until a step. */
    public static final class Train extends Provider {
        public Train() {
            super("train", entry -> {
                ObjectBinding object = entry.object();
                Key<String> tensor = object.key("tensor", Decoders.string()).required();
                Key<Optional<Long>> from =
                        object.key("from-epoch", Decoders.int64()).optional();
                Key<Optional<Long>> until =
                        object.key("until-step", Decoders.int64()).optional();
                return object.finish(() -> (draft, context) -> draft.train(
                        tensor.get(),
                        Trainability.during(
                                from.get().map(count -> new Moment(Unit.EPOCH, count)),
                                until.get().map(count -> new Moment(Unit.STEP, count)))));
            });
        }
    }

    /** Freezes tensors by their first segment. */
    public static final class Freeze extends Provider {
        public Freeze() {
            super("freeze", entry -> {
                ObjectBinding object = entry.object();
                Key<List<String>> modules = object.key("modules", Decoders.list(Decoders.string()))
                        .check(Constraints.notEmpty())
                        .required();
                return object.finish(() -> (draft, context) -> freeze(modules.get(), draft, context));
            });
        }

        private static void freeze(List<String> modules, ModelDraft draft, ModifierContext context) {
            for (int i = 0; i < modules.size(); i++) {
                String prefix = modules.get(i) + ".";
                List<String> names = draft.tensors().stream()
                        .map(DraftTensor::name)
                        .filter(name -> name.startsWith(prefix))
                        .toList();
                if (names.isEmpty()) {
                    String message = "`" + modules.get(i) + "` matches nothing";
                    context.error(ProblemCode.UNMATCHED_SELECTOR, "modules[" + i + "]", message, "name a module");
                }
                names.forEach(draft::freeze);
            }
        }
    }

    /** Gives a name of a tensor that has several a tensor of its own. */
    public static final class PartName extends Provider {
        public PartName() {
            super("part", entry -> {
                ObjectBinding object = entry.object();
                Key<String> name = object.key("name", Decoders.string()).required();
                return object.finish(() -> (draft, context) -> draft.part(name.get()));
            });
        }
    }

    /** Gives a tensor another name. */
    public static final class Rename extends Provider {
        public Rename() {
            super("rename", entry -> {
                ObjectBinding object = entry.object();
                Key<String> from = object.key("from", Decoders.string()).required();
                Key<String> to = object.key("to", Decoders.string()).required();
                return object.finish(() -> (draft, context) -> draft.rename(Map.of(from.get(), to.get())));
            });
        }
    }

    /** Freezes everything, then throws. */
    public static final class Fail extends Provider {
        public Fail() {
            super(
                    "fail",
                    entry -> entry.object().finish(() -> (draft, context) -> {
                        draft.tensors().stream().map(DraftTensor::name).toList().forEach(draft::freeze);
                        throw new IllegalStateException("boom");
                    }));
        }
    }

    /** A provider whose class cannot be initialised. */
    public static final class BrokenAtStart extends Provider {
        static final Object NEVER = fail();

        public BrokenAtStart() {
            super("broken-at-start", entry -> new Bound.Failed<>(List.of()));
        }

        private static Object fail() {
            throw new IllegalStateException("no licence found");
        }
    }
}
