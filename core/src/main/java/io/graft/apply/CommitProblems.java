package io.graft.apply;

import io.graft.ModifierRecord;
import io.graft.Plan;
import io.graft.RollBackException;
import io.graft.apply.output.OutputWrittenException;
import io.graft.checkpoint.CheckpointException;
import io.graft.config.reading.ConfigCursor;
import io.graft.extension.Thrown;
import io.graft.model.TensorException;
import io.graft.model.parametrization.Owner;
import io.graft.problem.Explained;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Quoting;
import io.graft.problem.Severity;
import io.graft.problem.SourceRef;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.UnfitValueException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Why a plan could not be carried out, as problems of whatever is at fault: a tensor and its modifiers, a file, this machine. */
final class CommitProblems {
    private static final String AS_BEFORE = "the model and the output are as they were";

    private final Configuration configuration;
    private final Plan plan;

    CommitProblems(Configuration configuration, Plan plan) {
        this.configuration = configuration;
        this.plan = plan;
    }

    List<Problem> of(Exception failure) {
        if (failure instanceof OutputWrittenException written) {
            return List.of(problem(written.getCause(), "the model is as it was; the output is written"));
        }
        if (!(failure instanceof RollBackException worse)) {
            return List.of(problem(failure, AS_BEFORE));
        }
        List<Problem> problems = new ArrayList<>();
        problems.add(lost(worse));
        for (Throwable before : worse.getSuppressed()) {
            problems.add(problem(before, ""));
        }
        return problems;
    }

    private static Problem lost(RollBackException worse) {
        List<String> tensors = worse.tensors();
        String first =
                "`" + tensors.get(0) + "`" + (tensors.size() > 1 ? " and " + (tensors.size() - 1) + " more" : "");
        Problem problem = Problem.error(
                ProblemCode.ROLL_BACK_FAILED,
                "the model could not be put back as it was, and " + first + " may hold old and new values mixed: "
                        + Thrown.sentence(worse.getCause()),
                "load the model again before it is used");
        return tensors.size() > 1 ? problem.withNote("not put back: " + Quoting.names(tensors)) : problem;
    }

    /**
     * @param state how things are, to be told with the help
     */
    private Problem problem(Throwable failure, String state) {
        if (failure instanceof TensorException unread) {
            return new TensorProblem(unread.tensor(), unread.getCause()).problem(state);
        }
        if (failure instanceof CheckpointException unusable) {
            return configuration.checkpoints().problem(unusable, "", Optional.empty(), List.of());
        }
        if (failure instanceof Explained explained) {
            return explained.problem();
        }
        return Problem.error(
                ProblemCode.APPLY_FAILED, "the plan cannot be carried out: " + Thrown.sentence(failure), state);
    }

    /** A tensor whose values could not be had. */
    private final class TensorProblem {
        private final String tensor;
        private final Throwable cause;
        private final List<ModifierRecord> authors;

        TensorProblem(String tensor, Throwable cause) {
            this.tensor = tensor;
            this.cause = cause;
            this.authors = ValueAuthors.of(parametrized(), plan.modifiers());
        }

        /** Who put a storage on a tensor gave values to all that the storage owns. */
        private String parametrized() {
            return plan.tensors().stream()
                    .filter(planned -> planned.name().equals(tensor))
                    .flatMap(planned -> planned.owner().stream())
                    .filter(Owner::isStorage)
                    .map(Owner::tensor)
                    .findFirst()
                    .orElse(tensor);
        }

        Problem problem(String state) {
            if (cause instanceof CheckpointException unusable) {
                Problem file = configuration.checkpoints().problem(unusable, path(), at(), notes());
                return file.withNote("tensor `" + tensor + "`");
            }
            if (cause instanceof Explained explained) {
                Problem found = explained.problem();
                return new Problem(
                        found.code(),
                        found.severity(),
                        path(),
                        at(),
                        found.message(),
                        notes(),
                        state.isEmpty() ? found.help() : found.help() + "; " + state);
            }
            List<String> notes = new ArrayList<>(notes());
            sources().forEach(from -> notes.add("from `" + from.key() + "` of " + from.uri()));
            if (cause instanceof UnfitValueException unfit) {
                return new Problem(
                        ProblemCode.VALUES_LOST,
                        Severity.ERROR,
                        path(),
                        at(),
                        "`" + tensor + "`: " + unfit.getMessage(),
                        notes,
                        state.isEmpty() ? unfit.help() : unfit.help() + "; " + state);
            }
            return new Problem(ProblemCode.APPLY_FAILED, Severity.ERROR, path(), at(), message(), notes, help(state));
        }

        private List<Provenance.Stored> sources() {
            return plan.tensors().stream()
                    .filter(planned -> planned.name().equals(tensor))
                    .flatMap(planned -> planned.value().sources())
                    .map(LazyTensor::provenance)
                    .filter(Provenance.Stored.class::isInstance)
                    .map(Provenance.Stored.class::cast)
                    .distinct()
                    .toList();
        }

        private String message() {
            if (cause instanceof ClosedByInterruptException) {
                return "interrupted while the values of `" + tensor + "` were read";
            }
            String verb = cause instanceof IOException ? "read" : "computed";
            return "the values of `" + tensor + "` cannot be " + verb + ": " + Thrown.sentence(cause);
        }

        private String help(String state) {
            String what = cause instanceof OutOfMemoryError
                    ? "give the JVM more memory"
                    : cause instanceof IOException || authors.isEmpty() ? "" : "this is a fault in " + culprit();
            return what.isEmpty() || state.isEmpty() ? what + state : what + "; " + state;
        }

        private String culprit() {
            return authors.size() > 1
                    ? "one of the modifiers that gave it its values"
                    : "the modifier, which comes from " + authors.get(0).origin();
        }

        private List<String> notes() {
            return authors.stream()
                    .map(author -> "modifier " + (author.index() + 1) + " of " + plan.configured() + ", `"
                            + author.type() + "` (" + author.origin() + ")")
                    .toList();
        }

        /** The entry of the modifier that gave values last. */
        private Optional<ConfigCursor> entry() {
            return authors.stream()
                    .findFirst()
                    .flatMap(last -> configuration.file().modifiers().stream()
                            .filter(modifier -> modifier.index() == last.index())
                            .findFirst())
                    .map(modifier -> modifier.cursor());
        }

        private String path() {
            return entry().map(ConfigCursor::path).orElse("");
        }

        private Optional<SourceRef> at() {
            return entry().flatMap(ConfigCursor::source);
        }
    }
}
