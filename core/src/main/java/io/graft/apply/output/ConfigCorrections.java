package io.graft.apply.output;

import io.graft.checkpoint.DeclaredTie;
import io.graft.checkpoint.carry.CarriedConfig;
import io.graft.checkpoint.carry.Correction;
import io.graft.checkpoint.carry.DtypeCounts;
import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.model.DraftTensor;
import io.graft.model.Ties;
import io.graft.model.parametrization.StorageConfiguration;
import io.graft.model.tree.DottedPath;
import io.graft.problem.FirstFew;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a plan makes untrue in the {@code config.json} beside a model. */
public final class ConfigCorrections {
    /** Input embeddings, as transformers' models name them. */
    private static final Pattern EMBEDDING =
            Pattern.compile("(?:.*\\.)?(?:embed_tokens|wte|word_embeddings|shared|embed_in|tok_embeddings)\\.weight");

    private final List<DraftTensor> before;
    private final List<DraftTensor> after;
    private final Set<StorageConfiguration> configurations;

    /**
     * @param before the state dict as the model has it
     * @param after as it is written
     */
    ConfigCorrections(List<DraftTensor> before, List<DraftTensor> after) {
        this.before = before;
        this.after = after;
        this.configurations = configurations(after);
    }

    List<Correction> of(CarriedConfig config, Optional<DeclaredTie> tie) {
        List<Correction> corrections = new ArrayList<>();
        if (tie.filter(declared -> isEnded(declared, after)).isPresent()) {
            corrections.addAll(config.untied());
        }
        corrections.addAll(config.stored(counts(before), counts(after)));
        corrections.addAll(vocabulary(config));
        corrections.addAll(dequantized().isEmpty() ? List.of() : quantization(config));
        if (after.stream().noneMatch(DraftTensor::cameStored) && configurations.size() == 1) {
            corrections.removeIf(correction -> correction.key().equals("quantization_config"));
            corrections.addAll(
                    config.quantized(configurations.iterator().next().quantizationConfig(plain(), quantized())));
        }
        return corrections;
    }

    /** What the configuration says of quantization, is no longer true, and cannot be corrected; nothing if there is no such thing. */
    Optional<String> uncorrected(CarriedConfig config) {
        if (configurations.size() > 1) {
            return Optional.of("`" + ModelConfiguration.NAME
                    + "` can tell of one kind of quantized weights, and there are several: it says nothing of them");
        }
        if (!configurations.isEmpty() && after.stream().anyMatch(DraftTensor::cameStored)) {
            return Optional.of("`" + ModelConfiguration.NAME
                    + "` tells of the weights that were quantized before, and says nothing of the others");
        }
        List<String> plain = dequantized();
        return plain.isEmpty() || !config.isQuantized() || !quantization(config).isEmpty()
                ? Optional.empty()
                : Optional.of("`" + ModelConfiguration.NAME
                        + "` says that the model is quantized and has no list of what is not: " + FirstFew.names(plain)
                        + " is plain in the output");
    }

    /** What has to be said of the weights that were put into storages. */
    private static Set<StorageConfiguration> configurations(List<DraftTensor> after) {
        return after.stream()
                .filter(tensor -> !tensor.cameStored())
                .flatMap(tensor -> tensor.storage().stream())
                .flatMap(storage -> storage.parametrization().configuration().stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** The modules whose weights are matrices, or more, and lie there as they are. */
    private List<String> plain() {
        return after.stream()
                .filter(tensor -> tensor.storage().isEmpty()
                        && tensor.owner().isEmpty()
                        && tensor.name().endsWith(".weight")
                        && tensor.shape().rank() > 1)
                .map(tensor -> DottedPath.parent(tensor.name()))
                .toList();
    }

    /** The modules whose weights lie there as codes. */
    private List<String> quantized() {
        return after.stream()
                .filter(tensor -> tensor.storage().isPresent())
                .map(tensor -> DottedPath.parent(tensor.name()))
                .toList();
    }

    private List<Correction> quantization(CarriedConfig config) {
        return after.stream().anyMatch(DraftTensor::cameStored)
                ? config.plain(dequantized().stream().map(DottedPath::parent).toList(), quantized())
                : config.plain();
    }

    /** The tensors that are quantized in the model and are not as they are written. */
    private List<String> dequantized() {
        Set<String> quantized = before.stream()
                .filter(DraftTensor::cameStored)
                .map(DraftTensor::name)
                .collect(Collectors.toSet());
        return after.stream()
                .filter(tensor -> quantized.contains(before(tensor)) && !tensor.cameStored())
                .map(DraftTensor::name)
                .toList();
    }

    /** Whether two names that were one tensor are written as two. */
    public static boolean isEnded(DeclaredTie tie, List<DraftTensor> tensors) {
        List<DraftTensor> named = named(tie, tensors);
        return named.size() == 2 && Ties.of(named).groups().isEmpty();
    }

    /** The state dict, without the output embedding where the configuration tells that it is the input embedding: as transformers writes it. */
    static List<DraftTensor> told(DeclaredTie tie, List<DraftTensor> tensors) {
        if (Ties.of(named(tie, tensors)).groups().isEmpty()) {
            return tensors;
        }
        return tensors.stream()
                .map(tensor ->
                        tensor.origin().equals(tie.name()) && tensor.name().equals(tie.name())
                                ? tensor.unlisted()
                                : tensor)
                .toList();
    }

    private static List<DraftTensor> named(DeclaredTie tie, List<DraftTensor> tensors) {
        return tensors.stream()
                .filter(tensor -> List.of(tie.name(), tie.tensor()).contains(before(tensor)))
                .toList();
    }

    /** The name in the model; that of a module which came in place of another is its own. */
    private static String before(DraftTensor tensor) {
        return tensor.origin().isEmpty() ? tensor.name() : tensor.origin();
    }

    private static DtypeCounts counts(List<DraftTensor> tensors) {
        DtypeCounts counts = new DtypeCounts();
        tensors.forEach(tensor -> counts.add(tensor.dtype(), tensor.shape()));
        return counts;
    }

    private List<Correction> vocabulary(CarriedConfig config) {
        Map<String, Long> rows = new HashMap<>();
        before.stream()
                .filter(tensor -> tensor.shape().rank() == 2
                        && EMBEDDING.matcher(tensor.name()).matches())
                .forEach(tensor ->
                        rows.put(tensor.name(), tensor.shape().dimensions().get(0)));
        Map<Long, Set<Long>> resized = new HashMap<>();
        after.stream()
                .filter(tensor ->
                        rows.containsKey(before(tensor)) && tensor.shape().rank() == 2)
                .forEach(tensor -> resized.computeIfAbsent(rows.get(before(tensor)), from -> new HashSet<>())
                        .add(tensor.shape().dimensions().get(0)));
        List<Correction> corrections = new ArrayList<>();
        resized.forEach((from, to) -> {
            if (to.size() == 1 && !to.contains(from)) {
                corrections.addAll(config.resized(from, to.iterator().next()));
            }
        });
        return corrections;
    }
}
