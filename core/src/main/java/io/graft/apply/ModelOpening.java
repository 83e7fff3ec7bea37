package io.graft.apply;

import io.graft.GraftException;
import io.graft.ModelOpener;
import io.graft.OpenedModel;
import io.graft.OpeningContext;
import io.graft.SourceCheckpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.config.reading.ConfigCursor;
import io.graft.extension.ExtensionLoader;
import io.graft.extension.Thrown;
import io.graft.problem.Explained;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.registry.BoundModifier;
import io.graft.registry.BoundPlug;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Opens the model that a run is for. */
final class ModelOpening {
    private final ClassLoader loader;

    /**
     * @param loader where the classes that a configuration names are looked for
     */
    ModelOpening(ClassLoader loader) {
        this.loader = loader;
    }

    /**
     * Opens the model that the configuration names.
     *
     * @throws GraftException if it cannot be opened
     */
    OpenedModel open(Configuration configuration) {
        return new Named(configuration).open();
    }

    /**
     * Opens the model that the configuration names, if several processes can write parts of what becomes of it.
     *
     * @throws GraftException if it cannot be opened, or they cannot
     */
    OpenedModel openForParts(Configuration configuration) {
        BoundPlug<ModelOpener> target = configuration.file().model().orElseThrow();
        if (target.made().isPartitionable()) {
            return open(configuration);
        }
        throw configuration.failure(
                target.cursor()
                        .error(
                                ProblemCode.UNSUPPORTED_CHANGE,
                                "a `" + target.id()
                                        + "` model is made anew by each process, with values of its own, and so cannot be written in parts",
                                "write it in one run, or modify a checkpoint"),
                null);
    }

    /**
     * Opens the model that the configuration names, if it can be run; see {@link io.graft.TargetModel#forward}.
     *
     * @throws GraftException if it cannot be opened, or not be run
     */
    OpenedModel openToRun(Configuration configuration) {
        Named named = new Named(configuration);
        OpenedModel model = named.open();
        if (model.target().forward().isPresent()) {
            return model;
        }
        model.close();
        throw configuration.failure(
                named.key()
                        .error(
                                ProblemCode.MALFORMED_VALUE,
                                "a `" + named.target.id() + "` model cannot be run: it has tensors and no forward",
                                "name a model that computes, such as `torchscript` or `block-factory`, and load the checkpoint with a modifier"),
                null);
    }

    /** The model that a configuration names, while it is opened. */
    private final class Named implements OpeningContext {
        private final Configuration configuration;
        private final BoundPlug<ModelOpener> target;
        private final List<Problem> warnings = new ArrayList<>();
        private final List<Problem> errors = new ArrayList<>();

        private Named(Configuration configuration) {
            this.configuration = configuration;
            this.target = configuration.file().model().orElseThrow();
        }

        /** The key that chose the kind of model. */
        private ConfigCursor key() {
            return target.cursor().at(target.id());
        }

        private OpenedModel open() {
            OpenedModel model;
            try {
                model = ExtensionLoader.around(
                        target.made().getClass(), () -> target.made().open(this));
                if (model == null && errors.isEmpty()) {
                    throw new IllegalStateException("it returned null");
                }
            } catch (Exception | LinkageError | StackOverflowError | OutOfMemoryError failure) {
                throw failure(failure);
            }
            if (errors.isEmpty()) {
                return model.with(warnings);
            }
            if (model != null) {
                model.close();
            }
            throw failure(null);
        }

        private GraftException failure(Throwable thrown) {
            List<Problem> all = new ArrayList<>(configuration.problems());
            all.addAll(warnings);
            all.addAll(errors);
            if (errors.isEmpty()) {
                all.add(problem(thrown));
            }
            List<BoundModifier> modifiers = configuration.file().modifiers();
            all.addAll(new MissingCheckpoints(configuration.checkpoints()).of(modifiers, modifiers.size()));
            return configuration.failure(all, null, thrown);
        }

        private Problem problem(Throwable thrown) {
            ConfigCursor at = key();
            if (thrown instanceof CheckpointException unusable) {
                return configuration.checkpoints().problem(unusable, at.path(), at.source(), List.of());
            }
            if (thrown instanceof Explained explained) {
                return explained.problem().as(Severity.ERROR).at(at.path(), at.source());
            }
            return at.error(
                    ProblemCode.APPLY_FAILED,
                    "the model cannot be opened: " + Thrown.sentence(thrown),
                    "this is a fault in the model target, which comes from " + target.origin());
        }

        private Problem problem(Severity severity, ProblemCode code, String key, String message, String help) {
            OptionPath at = OptionPath.of(target.cursor(), key);
            return new Problem(code, severity, at.text(), at.source(), message, List.of(), help);
        }

        @Override
        public Path folder() {
            return configuration.folder();
        }

        @Override
        public ClassLoader loader() {
            return loader;
        }

        @Override
        public SourceCheckpoint open(CheckpointRef ref) {
            return configuration.checkpoints().open(ref);
        }

        @Override
        public void warn(ProblemCode code, String key, String message, String help) {
            warnings.add(problem(Severity.WARNING, code, key, message, help));
        }

        @Override
        public void error(ProblemCode code, String key, String message, String help) {
            errors.add(problem(Severity.ERROR, code, key, message, help));
        }
    }
}
