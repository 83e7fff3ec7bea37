package io.graft.apply.output;

import io.graft.Artifact;
import io.graft.ModifierRecord;
import io.graft.OutputPlan;
import io.graft.Plan;
import io.graft.TargetModel;
import io.graft.ValueWatch;
import io.graft.checkpoint.BlockData;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.ModelFiles;
import io.graft.checkpoint.Replacement;
import io.graft.checkpoint.TensorName;
import io.graft.checkpoint.carry.Belongings;
import io.graft.checkpoint.carry.CarriedConfig;
import io.graft.checkpoint.carry.CarriedMetadata;
import io.graft.checkpoint.carry.Correction;
import io.graft.checkpoint.layout.TensorSet.Refusal;
import io.graft.checkpoint.write.OutputStateDict;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.config.reading.ConfigCursor;
import io.graft.migration.History;
import io.graft.model.DraftTensor;
import io.graft.problem.FirstFew;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.registry.BoundModifier;
import io.graft.tensor.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Works out which files a run writes beside the tensors of a model, and what of them has to be corrected. */
public final class OutputPlanner {
    private final TargetModel target;
    private final List<DraftTensor> initial;
    private final List<BoundModifier> modifiers;
    private final List<Problem> problems = new ArrayList<>();

    /**
     * @param initial the state dict as the model has it
     */
    public OutputPlanner(TargetModel target, List<DraftTensor> initial, List<BoundModifier> modifiers) {
        this.target = target;
        this.initial = initial;
        this.modifiers = modifiers;
    }

    /** The plan of a run that writes no files. */
    public Plan without(Plan plan) {
        problems.addAll(plan.problems());
        for (ModifierRecord modifier : plan.modifiers()) {
            modifier.artifacts().stream()
                    .filter(artifact -> modifier.adapters().isEmpty() || artifact.kind() != WrittenFile.Kind.ADAPTER)
                    .forEach(artifact -> problems.add(cursor(modifier)
                            .warning(
                                    ProblemCode.REQUIRES,
                                    "`" + artifact.name() + "` of " + words(modifier)
                                            + " is not written, because this run writes no files",
                                    "give the configuration a section `output`")));
        }
        return plan.with(problems);
    }

    /** The plan with its files. Where the model is files that stay as they are, its adapters alone are written. */
    public Plan with(Plan plan, OutputSection output) {
        if (target.isFiles() && !plan.adaptersWritten().isEmpty() && keepsFiles(plan)) {
            return adaptersOnly(plan, output);
        }
        Belongings belongings = belongings(plan);
        List<DraftTensor> tensors = belongings
                .tie()
                .filter(tie -> !output.writer().keepsTies())
                .map(tie -> ConfigCorrections.told(tie, plan.tensors()))
                .orElse(plan.tensors());
        belongings.warnings().forEach(warning -> problems.add(warning(warning)));
        List<Correction> corrections = corrections(belongings, tensors);
        List<OutputTensor> outputs = new ValueWatch()
                .outputs(tensors.stream().filter(DraftTensor::isStored).toList());
        Optional<Path> origin = belongings.origin().filter(file -> goesOn(outputs, file, output));
        Map<String, String> metadata = metadata(
                plan.migrated().map(migrated -> migrated.state().metadata()).orElse(belongings.metadata()),
                tensors,
                key -> origin.isPresent() || output.writer().keepsMetadata(key),
                output);
        refuseBlocks(plan.stored(), output);
        List<String> names = names(new OutputStateDict(outputs, metadata, origin), output);
        List<Artifact> artifacts = new ArrayList<>();
        belongings.corrected(corrections).forEach(file -> artifacts.add(Artifact.of(file)));
        addModifiers(plan.modifiers(), names, artifacts);
        problems.addAll(0, plan.problems());
        return plan.with(
                        new OutputPlan(
                                output.folder().path(),
                                names,
                                metadata,
                                origin,
                                artifacts,
                                corrections,
                                Replacement.NONE),
                        tensors)
                .with(problems);
    }

    private Belongings belongings(Plan plan) {
        boolean isPlain = initial.stream().anyMatch(DraftTensor::cameStored)
                && plan.tensors().stream().noneMatch(DraftTensor::cameStored);
        return isPlain ? target.belongings().plain() : target.belongings();
    }

    /** Whether the model's own files would be written as they are. */
    private boolean keepsFiles(Plan plan) {
        List<DraftTensor> before =
                initial.stream().filter(DraftTensor::isStored).toList();
        List<DraftTensor> after = plan.stored();
        return before.size() == after.size()
                && IntStream.range(0, after.size()).allMatch(at -> isSame(before.get(at), after.get(at)));
    }

    private static boolean isSame(DraftTensor before, DraftTensor after) {
        return before.name().equals(after.name())
                && before.dtype() == after.dtype()
                && before.base() == after.base()
                && before.tie().equals(after.tie())
                && before.storage().equals(after.storage());
    }

    private Plan adaptersOnly(Plan plan, OutputSection output) {
        List<Artifact> artifacts = new ArrayList<>();
        addModifiers(plan.modifiers(), List.of(), artifacts);
        problems.addAll(0, plan.problems());
        return plan.with(
                        new OutputPlan(
                                output.folder().path(),
                                List.of(),
                                Map.of(),
                                Optional.empty(),
                                artifacts,
                                List.of(),
                                Replacement.NONE),
                        plan.tensors())
                .with(problems);
    }

    private void addModifiers(List<ModifierRecord> records, List<String> names, List<Artifact> artifacts) {
        Set<String> taken =
                new HashSet<>(names.stream().map(OutputPlanner::bare).toList());
        taken.add(ModelFiles.MANIFEST);
        artifacts.forEach(artifact -> taken.add(bare(artifact.name())));
        for (ModifierRecord modifier : records) {
            for (Artifact artifact : modifier.artifacts()) {
                if (!taken.add(bare(artifact.name()))) {
                    problems.add(cursor(modifier)
                            .error(
                                    ProblemCode.NAME_COLLISION,
                                    "`" + artifact.name() + "` of " + words(modifier)
                                            + " has the name of another file of the output",
                                    "have it written under another name"));
                }
                artifacts.add(artifact);
            }
        }
    }

    /** Blocks are bytes to a format that has none of their type, and would be read as numbers. */
    private void refuseBlocks(List<DraftTensor> stored, OutputSection output) {
        Map<String, List<String>> names = new TreeMap<>();
        for (DraftTensor tensor : stored) {
            tensor.written()
                    .blockType()
                    .filter(type -> !output.writer().blockTypes().contains(type))
                    .ifPresent(type -> names.computeIfAbsent(type, first -> new ArrayList<>())
                            .add(tensor.name()));
        }
        names.forEach((type, having) -> {
            Refusal refusal = BlockData.refusal(type);
            String message = having.size() == 1
                    ? "`" + TensorName.printable(having.get(0)) + "` " + refusal.reason()
                    : FirstFew.names(having) + ": each " + refusal.reason();
            problems.add(output.format().cursor().error(ProblemCode.CHECKPOINT_UNSUPPORTED, message, refusal.help()));
        });
    }

    private static boolean goesOn(List<OutputTensor> tensors, Path origin, OutputSection output) {
        try {
            return output.writer().goesOn(tensors, origin);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private List<String> names(OutputStateDict stateDict, OutputSection output) {
        try {
            return output.writer().names(output.folder().path(), stateDict, output.maxShardSize());
        } catch (CheckpointException unwritable) {
            problems.add(output.format()
                    .cursor()
                    .error(unwritable.problem().code(), unwritable.detail(), unwritable.help()));
            return List.of(output.writer().fileName());
        }
    }

    /** The state dict of a plan as it is written. */
    static OutputStateDict stateDict(Plan plan, ValueWatch watch) {
        return new OutputStateDict(
                watch.outputs(plan.stored()),
                plan.output().map(OutputPlan::metadata).orElse(Map.of()),
                plan.output().flatMap(OutputPlan::origin));
    }

    private List<Correction> corrections(Belongings belongings, List<DraftTensor> after) {
        Optional<CarriedConfig> config = belongings.config();
        if (config.isEmpty()) {
            return List.of();
        }
        ConfigCorrections wrong = new ConfigCorrections(initial, after);
        wrong.uncorrected(config.get()).ifPresent(left -> problems.add(warning(left)));
        List<Correction> corrections = wrong.of(config.get(), belongings.tie());
        for (Correction correction : corrections) {
            if (config.get().text().isRepeated(correction.key())) {
                problems.add(Problem.error(
                        ProblemCode.CHECKPOINT_MALFORMED,
                        "`" + correction.file() + "` beside the model has `" + correction.key()
                                + "` several times, and the change makes it untrue",
                        "leave one of them"));
            }
        }
        return corrections;
    }

    private Map<String, String> metadata(
            Map<String, String> before, List<DraftTensor> tensors, Predicate<String> keeps, OutputSection output) {
        if (before.isEmpty()) {
            return before;
        }
        Map<String, DType> dtypes = new HashMap<>();
        initial.forEach(tensor -> dtypes.put(tensor.name(), tensor.dtype()));
        boolean cast = tensors.stream()
                .anyMatch(
                        tensor -> dtypes.containsKey(tensor.origin()) && dtypes.get(tensor.origin()) != tensor.dtype());
        Map<String, String> kept = CarriedMetadata.of(
                before, dtypes.keySet(), tensors.stream().map(DraftTensor::name).collect(Collectors.toSet()), cast);
        List<String> lost = kept.keySet().stream()
                // the manifest tells of migrations
                .filter(key -> !key.equals("format") && !key.equals(History.KEY))
                .filter(keeps.negate())
                .sorted()
                .toList();
        if (!lost.isEmpty()) {
            problems.add(warning("metadata that " + output.format().id() + " files are written without: "
                    + String.join(", ", lost)));
        }
        return kept;
    }

    private static Problem warning(String message) {
        return new Problem(
                ProblemCode.CHECKPOINT_WARNING, Severity.WARNING, "", Optional.empty(), message, List.of(), "");
    }

    /** Some file systems take two names that differ in case for one. */
    private static String bare(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private ConfigCursor cursor(ModifierRecord modifier) {
        return modifiers.get(modifier.index()).cursor();
    }

    private static String words(ModifierRecord modifier) {
        return "modifier " + (modifier.index() + 1) + ", `" + modifier.type() + "`,";
    }
}
