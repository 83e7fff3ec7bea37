package io.graft.modifiers.lora.extract;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.layer.LayerKind;
import io.graft.lora.dialect.AdapterBase;
import io.graft.lora.dialect.AdapterTensor;
import io.graft.modifiers.lora.resize.PlainAdapter;
import io.graft.modifiers.lora.resize.TargetRank;
import io.graft.problem.FirstFew;
import io.graft.tensor.ElementRanges;
import io.graft.tensor.LazyTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes an adapter of two checkpoints: for each weight that differs, the factors that are nearest to the difference, so that the base
 * with the adapter is nearly the trained one. Weights are read one for each processor; the factors are kept while there is memory for
 * them.
 */
public final class AdapterExtractor {
    private final TargetRank target;
    private final List<String> targets;
    private final List<String> whole;
    private final Map<String, LayerKind> kinds;

    /**
     * @param target the rank of each update
     * @param targets names and dotted ends of names of the modules that get updates, as PEFT's {@code target_modules}; all of them if empty
     * @param whole names of modules whose tensors the adapter has whole, as PEFT's {@code modules_to_save}
     * @param kinds what kind of layer modules are, by selectors, where names and biases do not tell
     */
    public AdapterExtractor(TargetRank target, List<String> targets, List<String> whole, Map<String, LayerKind> kinds) {
        this.target = target;
        this.targets = List.copyOf(targets);
        this.whole = List.copyOf(whole);
        this.kinds = Map.copyOf(kinds);
    }

    /**
     * Writes the adapter as PEFT has it: all of it, or nothing.
     *
     * @param base what was trained from
     * @param trained what came of it, of the same names and shapes
     * @param folder where the adapter goes; it must not exist
     * @throws CheckpointException if no weight differs, if one cannot be read or is not finite, or if a name of the options names nothing
     * @throws IOException if files cannot be read or written; nothing is written then
     */
    public ExtractedAdapter extract(Checkpoint base, Checkpoint trained, Path folder) throws IOException {
        CheckpointPair pair = new CheckpointPair(base, trained, targets, whole, kinds, target);
        if (Collections.disjoint(base.tensors().keySet(), trained.tensors().keySet())) {
            throw new CheckpointException(
                    Reason.UNSUPPORTED,
                    trained.path(),
                    "has no tensor under a name that `" + base.path() + "` has",
                    "look at both with graft diff, and give one the names of the other with graft convert");
        }
        List<WeightDifference.Found> found = find(pair.differences());
        if (found.isEmpty()) {
            List<String> elsewhere = pair.left().stream().map(LeftTensor::name).toList();
            throw new CheckpointException(
                    Reason.UNSUPPORTED,
                    trained.path(),
                    "differs from `" + base.path() + "` in no weight that an update could be made of"
                            + (elsewhere.isEmpty() ? "" : ", but in " + FirstFew.names(elsewhere)),
                    "compare the two with graft diff");
        }
        List<WrittenFile> outputs = write(pair, found, base, trained, folder);
        double energy =
                found.stream().mapToDouble(WeightDifference.Found::energy).sum();
        double lost = found.stream().mapToDouble(WeightDifference.Found::lost).sum();
        return new ExtractedAdapter(
                found.stream().map(WeightDifference.Found::described).toList(),
                Math.sqrt(lost / energy),
                pair.whole().stream().map(tensor -> tensor.entry().name()).toList(),
                pair.left(),
                outputs);
    }

    private static List<WeightDifference.Found> find(List<WeightDifference> differences) throws IOException {
        WeightDifference.Found[] found = new WeightDifference.Found[differences.size()];
        ElementRanges.forEach(
                found.length,
                1,
                true,
                (first, end) ->
                        found[(int) first] = differences.get((int) first).find().orElse(null));
        List<WeightDifference.Found> differing = new ArrayList<>();
        for (WeightDifference.Found each : found) {
            if (each != null) {
                differing.add(each);
            }
        }
        return differing;
    }

    private List<WrittenFile> write(
            CheckpointPair pair, List<WeightDifference.Found> found, Checkpoint base, Checkpoint trained, Path folder)
            throws IOException {
        Map<String, Object> more = new LinkedHashMap<>();
        more.put("modules_to_save", whole.isEmpty() ? null : whole);
        if (pair.hasTies()) {
            more.put("ensure_weight_tying", true);
        }
        Map<String, LazyTensor> weights = new LinkedHashMap<>();
        found.forEach(each -> weights.put(each.update().path(), each.of().base()));
        Set<Path> inputs = new LinkedHashSet<>(base.files());
        inputs.addAll(trained.files());
        return new PlainAdapter(
                        found.stream().map(WeightDifference.Found::update).toList(),
                        found.stream().anyMatch(each -> each.of().isTransposed()),
                        pair.whole().stream()
                                .map(tensor -> saved(tensor.entry().name(), tensor))
                                .toList(),
                        more,
                        AdapterBase.of(weights))
                .write(trained.path(), folder, inputs);
    }

    private static AdapterTensor saved(String name, StoredTensor tensor) {
        return new AdapterTensor(name, name, AdapterTensor.SAVED, tensor);
    }
}
