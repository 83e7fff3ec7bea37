package io.graft.migration;

import io.graft.extension.ExtensionLoader;
import io.graft.extension.Thrown;
import io.graft.migration.MigrationRecord.Outcome;
import io.graft.model.rules.RuledTensor;
import io.graft.problem.FirstFew;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import java.lang.module.ModuleDescriptor.Version;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** One checkpoint on its way through migrations. */
final class Migrating {
    private final Migrations migrations;
    private final String uri;
    private final CheckpointState checkpoint;
    private final History had;
    private final List<MigrationRecord> records = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();

    Migrating(Migrations migrations, String uri, CheckpointState checkpoint) {
        this.migrations = migrations;
        this.uri = uri;
        this.checkpoint = checkpoint;
        this.had = History.in(checkpoint.metadata()).with(migrations.foreign(checkpoint.metadata()));
    }

    Migrated run() {
        requireKnown();
        Optional<Version> version = version();
        requireNotNewer(version);
        CheckpointState state = checkpoint;
        History history = had;
        for (int step = 0; step < migrations.steps().size(); step++) {
            MigrationStep migration = migrations.steps().get(step);
            if (had.had().containsKey(migration.id())) {
                warnOfOther(migration);
                add(migration, Outcome.RECORDED, "");
                continue;
            }
            if (!migration.isFor(version)) {
                add(migration, Outcome.OUT_OF_BOUNDS, outOfBounds(migration, version));
                continue;
            }
            CheckpointState before = state.asFound();
            Optional<CheckpointState> after = apply(migration, before);
            if (after.isEmpty()) {
                continue;
            }
            if (after.get().isUntouched(before.metadata(), before.tensors().keySet())) {
                add(migration, Outcome.UNCHANGED, "the checkpoint has this form already");
            } else {
                requireInOrder(step);
                records.add(changes(migration, before, after.get()));
                state = after.get().after(state);
            }
            history = history.with(migration.id(), migration.signature());
        }
        return new Migrated(uri, false, recording(state, history), records, warnings);
    }

    private static CheckpointState recording(CheckpointState state, History history) {
        return history.had().isEmpty() ? state : state.withMetadata(History.KEY, history.text());
    }

    private void add(MigrationStep migration, Outcome outcome, String detail) {
        records.add(new MigrationRecord(
                migration.id(), migration.origin(), outcome, detail, Map.of(), List.of(), List.of(), List.of()));
    }

    private void requireKnown() {
        List<String> known = migrations.steps().stream().map(MigrationStep::id).toList();
        List<String> unknown =
                had.ids().stream().filter(id -> !known.contains(id)).toList();
        if (!unknown.isEmpty()) {
            throw incompatible(
                    "`" + uri + "` has had the migration" + (unknown.size() == 1 ? " " : "s ") + FirstFew.names(unknown)
                            + ", and the configuration has only " + FirstFew.names(known),
                    "it comes from newer code: add the jar or the file that has the rest to graft.migrations");
        }
    }

    private Optional<Version> version() {
        Optional<String> text = migrations.versionFrom().flatMap(checkpoint::find);
        try {
            return text.map(Version::parse);
        } catch (IllegalArgumentException malformed) {
            throw incompatible(
                    "`" + uri + "` says `" + migrations.versionFrom().orElseThrow() + "` = `" + text.orElseThrow()
                            + "`, which is no version",
                    "a version begins with a number, such as 1.4.2; correct graft.migrations.version-from, or remove it");
        }
    }

    private void requireNotNewer(Optional<Version> version) {
        Optional<Version> current = migrations.current();
        if (version.isPresent() && current.isPresent() && version.get().compareTo(current.get()) > 0) {
            throw incompatible(
                    "`" + uri + "` is of version " + version.get() + " (`"
                            + migrations.versionFrom().orElseThrow() + "`), newer than the code, which is of version "
                            + current.get(),
                    "take code of version " + version.get() + " or newer, with its migrations, and set"
                            + " graft.migrations.version to its version");
        }
    }

    private static MigrationException incompatible(String message, String help) {
        return new MigrationException(ProblemCode.INCOMPATIBLE_CHECKPOINT, message, help);
    }

    private static String outOfBounds(MigrationStep migration, Optional<Version> version) {
        return "for versions " + migration.bounds() + ", and the checkpoint "
                + version.map(known -> "is of version " + known).orElse("tells none");
    }

    /** What was recorded under the id was another migration. */
    private void warnOfOther(MigrationStep migration) {
        String signature = had.had().get(migration.id());
        if (!signature.isEmpty() && !signature.equals(migration.signature())) {
            warn(
                    "the migration `" + migration.id() + "` has changed since `" + uri + "` had it (signature "
                            + signature + " then, " + migration.signature() + " now)",
                    "give what is new a migration of its own, behind it");
        }
    }

    private void warn(String message, String help) {
        warnings.add(new Problem(
                ProblemCode.MIGRATION_NOT_APPLIED, Severity.WARNING, "", Optional.empty(), message, List.of(), help));
    }

    /** What a migration makes of it; empty if it is not applicable. */
    private Optional<CheckpointState> apply(MigrationStep migration, CheckpointState before) {
        try {
            CheckpointState after = ExtensionLoader.around(
                    migration.migration().getClass(),
                    () -> migration.migration().migrate(before));
            if (after == null) {
                throw new IllegalStateException("it returned null");
            }
            return Optional.of(after);
        } catch (NotApplicableException missing) {
            add(migration, Outcome.NOT_APPLICABLE, "it needs " + missing.getMessage());
            warn(
                    "the migration `" + migration.id() + "` was not applied to `" + uri + "`: it needs "
                            + missing.getMessage(),
                    "if the checkpoint needs no migration, remove the step, or bound it by a version");
            return Optional.empty();
        } catch (MigrationException told) {
            Problem problem = told.problem();
            throw new MigrationException(
                    problem.code(),
                    "the migration `" + migration.id() + "` cannot be applied to `" + uri + "`: " + problem.message(),
                    problem.help(),
                    told);
        } catch (Exception | LinkageError | StackOverflowError | AssertionError failure) {
            // Whatever ends an extension's code is the extension's.
            throw new MigrationException(
                    ProblemCode.APPLY_FAILED,
                    "the migration `" + migration.id() + "` failed on `" + uri + "`: " + Thrown.sentence(failure),
                    "this is a fault in the migration, which comes from " + migration.origin(),
                    failure);
        }
    }

    /** What comes before a migration that the checkpoint has had was written for another form than it has now. */
    private void requireInOrder(int step) {
        Optional<MigrationStep> later = migrations.steps().stream()
                .skip(step + 1L)
                .filter(migration -> had.had().containsKey(migration.id()))
                .findFirst();
        if (later.isPresent()) {
            String id = migrations.steps().get(step).id();
            throw incompatible(
                    "`" + uri + "` has had the migration `" + later.get().id() + "`, but not `" + id
                            + "`, which comes before it and would change it",
                    "migrate the checkpoint as it was before `" + later.get().id() + "`, or put `" + id
                            + "` behind it if it can follow");
        }
    }

    private static MigrationRecord changes(MigrationStep migration, CheckpointState before, CheckpointState after) {
        Map<String, String> renamed = new LinkedHashMap<>();
        List<String> made = new ArrayList<>();
        for (RuledTensor tensor : after.all()) {
            if (tensor.isMoved()) {
                made.add(tensor.name());
            } else if (!tensor.name().equals(tensor.key())) {
                renamed.put(tensor.key(), tensor.name());
            }
        }
        Set<String> kept = new HashSet<>();
        after.all().forEach(tensor -> kept.addAll(tensor.keys()));
        List<String> removed = before.tensors().keySet().stream()
                .filter(name -> !kept.contains(name))
                .toList();
        Set<String> keys = new TreeSet<>(before.metadata().keySet());
        keys.addAll(after.metadata().keySet());
        keys.removeIf(key -> before.metadata().containsKey(key)
                && before.metadata().get(key).equals(after.metadata().get(key)));
        return new MigrationRecord(
                migration.id(), migration.origin(), Outcome.APPLIED, "", renamed, made, removed, List.copyOf(keys));
    }
}
