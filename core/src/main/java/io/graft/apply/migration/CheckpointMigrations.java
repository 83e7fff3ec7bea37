package io.graft.apply.migration;

import io.graft.SourceCheckpoint;
import io.graft.TargetModel;
import io.graft.checkpoint.ByteRange;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.DeferredData;
import io.graft.checkpoint.TensorEntry;
import io.graft.migration.CheckpointState;
import io.graft.migration.Migrated;
import io.graft.migration.MigrationException;
import io.graft.migration.Migrations;
import io.graft.model.ModelDraft;
import io.graft.model.rules.Restructuring;
import io.graft.model.rules.RuledTensor;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.tensor.LazyTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The migrations of one run: those of its model, as edits of the draft, and those of each checkpoint that modifiers read from. */
public final class CheckpointMigrations {
    private final Migrations migrations;
    private final UnaryOperator<Problem> place;
    private final List<Migrated> read = new ArrayList<>();
    private Optional<Migrated> model = Optional.empty();

    /** By the checkpoints as they were opened. */
    private final IdentityHashMap<Checkpoint, SourceCheckpoint> sources = new IdentityHashMap<>();

    /**
     * @param section of the configuration, if it has one
     */
    public CheckpointMigrations(Optional<MigrationsSection> section) {
        this.migrations = section.map(MigrationsSection::migrations).orElse(Migrations.NONE);
        this.place = problem -> section.map(MigrationsSection::cursor)
                .map(at -> problem.at(at.path(), at.keySource()))
                .orElse(problem);
    }

    /** What became of each checkpoint, the model first, the others in the order in which they were opened. */
    public List<Migrated> migrated() {
        return Stream.concat(model.stream(), read.stream()).toList();
    }

    /**
     * Brings the draft of a model that is files into the newest form.
     *
     * @return warnings, or why it cannot be
     */
    public List<Problem> migrate(TargetModel target, ModelDraft draft) {
        if (migrations.isEmpty() || !target.isFiles()) {
            return List.of();
        }
        Map<String, LazyTensor> tensors = new LinkedHashMap<>();
        draft.tensors().stream()
                .filter(tensor -> tensor.owner().isEmpty())
                .forEach(tensor -> tensors.put(tensor.name(), tensor.value()));
        CheckpointState before = CheckpointState.of(tensors, target.belongings().metadata(), target.configuration());
        try {
            Migrated after = migrations.migrate(target.ref().uri(), before).ofModel();
            model = Optional.of(after);
            List<Problem> problems =
                    new ArrayList<>(after.warnings().stream().map(place).toList());
            Restructuring changes = new Restructuring(after.state().ruled(tensors.keySet().stream()), draft);
            changes.run().forEach(told -> problems.add(warning(told)));
            return problems;
        } catch (MigrationException failed) {
            return List.of(place.apply(failed.problem()));
        }
    }

    private static Problem warning(String message) {
        return new Problem(
                ProblemCode.CHECKPOINT_WARNING, Severity.WARNING, "", Optional.empty(), message, List.of(), "");
    }

    /**
     * A checkpoint in the newest form.
     *
     * @param opened as it was opened, by which it is known again
     * @param source the same, with the names that the model has for its tensors
     * @param told gets what a person should know of it
     * @throws MigrationException if it cannot be brought there
     */
    public SourceCheckpoint migrated(Checkpoint opened, SourceCheckpoint source, Consumer<String> told) {
        if (migrations.isEmpty()) {
            return source;
        }
        SourceCheckpoint known = sources.get(opened);
        if (known != null) {
            return known;
        }
        Map<String, LazyTensor> tensors = new LinkedHashMap<>();
        source.checkpoint().tensors().forEach((name, entry) -> tensors.put(name, source.tensor(entry)));
        Migrated after = migrations.migrate(
                source.uri(),
                CheckpointState.of(
                        tensors,
                        source.checkpoint().metadata(),
                        source.checkpoint().configuration()));
        read.add(after);
        after.warnings().forEach(warning -> told.accept(warning.message()));
        SourceCheckpoint made = after.hasChanges() ? made(source, after, tensors) : source;
        sources.put(opened, made);
        return made;
    }

    private static SourceCheckpoint made(SourceCheckpoint source, Migrated after, Map<String, LazyTensor> before) {
        Map<String, TensorEntry> entries = new LinkedHashMap<>();
        Map<String, LazyTensor> values = new HashMap<>();
        for (RuledTensor tensor : after.state().ruled(before.keySet().stream()).tensors()) {
            TensorEntry origin = source.checkpoint().tensors().get(tensor.key());
            if (tensor.isMoved()) {
                entries.put(tensor.name(), computed(tensor, source.checkpoint()));
                values.put(tensor.name(), tensor.value());
            } else {
                entries.put(tensor.name(), origin.named(tensor.name()));
                if (!tensor.name().equals(tensor.key())) {
                    values.put(tensor.name(), tensor.value());
                }
            }
        }
        Checkpoint checkpoint = source.checkpoint()
                .withTensors(entries)
                .withMetadata(after.state().metadata());
        return new SourceCheckpoint(source.uri(), checkpoint, source.folder(), values);
    }

    /** A tensor that lies nowhere as it is. */
    private static TensorEntry computed(RuledTensor tensor, Checkpoint checkpoint) {
        LazyTensor value = tensor.value();
        TensorEntry origin = checkpoint.tensors().get(tensor.key());
        return new TensorEntry(
                tensor.name(),
                value.dtype(),
                value.shape(),
                new ByteRange(checkpoint.path(), 0, 0),
                new DeferredData(value.dtype(), value.shape(), value::materialize),
                Optional.ofNullable(origin).flatMap(TensorEntry::declared));
    }
}
