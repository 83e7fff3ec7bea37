package io.graft.migration;

import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.model.rules.RuleProblem;
import io.graft.model.rules.RuledTensor;
import io.graft.model.rules.RuledTensors;
import io.graft.model.rules.Rules;
import io.graft.problem.ProblemCode;
import io.graft.tensor.LazyTensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A state dict with what stands beside it, on its way through migrations. Immutable: each method that changes something gives another one.
 * No data is read; what is computed is when it is read. It knows of each tensor which of the checkpoint's it comes from.
 *
 * <pre>{@code
 * return before.with(rules).with("scale", half(before.tensors().get("scale"))).withMetadata("layout", "2");
 * }</pre>
 */
public final class CheckpointState {
    private static final String HOLDER = "checkpoint";

    private final Map<String, RuledTensor> tensors;
    private final Map<String, String> metadata;
    private final ModelConfiguration configuration;

    private CheckpointState(
            Map<String, RuledTensor> tensors, Map<String, String> metadata, ModelConfiguration configuration) {
        this.tensors = Collections.unmodifiableMap(tensors);
        this.metadata = Collections.unmodifiableMap(metadata);
        this.configuration = configuration;
    }

    /**
     * A state dict as a checkpoint has it.
     *
     * @param tensors by their names, in order
     * @param metadata the texts of its file
     * @param configuration what lies beside it as {@code config.json}
     */
    public static CheckpointState of(
            Map<String, LazyTensor> tensors, Map<String, String> metadata, ModelConfiguration configuration) {
        return new CheckpointState(untouched(tensors), new TreeMap<>(metadata), configuration);
    }

    private static Map<String, RuledTensor> untouched(Map<String, LazyTensor> tensors) {
        Map<String, RuledTensor> all = new LinkedHashMap<>();
        tensors.forEach((name, value) -> all.put(name, new RuledTensor(name, value, List.of(name), false)));
        return all;
    }

    /** The tensors by their names, in order. */
    public Map<String, LazyTensor> tensors() {
        Map<String, LazyTensor> values = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> values.put(name, tensor.value()));
        return values;
    }

    /** The metadata of the file, sorted by their keys; those of nested dicts have the keys that lead to them, joined by dots. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** What lies beside the checkpoint as {@code config.json}. */
    public ModelConfiguration configuration() {
        return configuration;
    }

    /** What the metadata say under a key, else {@code config.json} does, where a dot leads into an object; only what has a text. */
    public Optional<String> find(String key) {
        return Optional.ofNullable(metadata.get(key)).or(() -> configured(key));
    }

    private Optional<String> configured(String key) {
        Object value = configuration.values();
        for (String step : key.split("\\.", -1)) {
            value = value instanceof Map<?, ?> object ? object.get(step) : null;
        }
        return Optional.ofNullable(value)
                .filter(found -> !(found instanceof Map || found instanceof List))
                .map(String::valueOf);
    }

    /**
     * As {@link #find}.
     *
     * @throws NotApplicableException if neither says anything
     */
    public String require(String key) {
        return find(key)
                .orElseThrow(() -> new NotApplicableException(
                        "`" + key + "`, which neither its metadata nor its " + ModelConfiguration.NAME + " has"));
    }

    /**
     * As {@link #require}, as a whole number.
     *
     * @throws MigrationException if it is none
     */
    public int requireInt(String key) {
        String text = require(key);
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException other) {
            throw new MigrationException(
                    ProblemCode.INCOMPATIBLE_CHECKPOINT,
                    "`" + key + "` is `" + text + "`, and a whole number is needed",
                    "correct it in the checkpoint");
        }
    }

    /**
     * What rules make of it. One that fits nothing does nothing: the checkpoint has the newer form already, or lacks that part. A tensor
     * that gets several names becomes as many, each with a copy of the values.
     *
     * @throws MigrationException if a rule cannot be followed, or two tensors get one name
     */
    public CheckpointState with(Rules rules) {
        RuledTensors ruled = rules.toldBy(configuration).apply(tensors(), HOLDER);
        for (RuleProblem problem : ruled.problems()) {
            if (!problem.isUnmatched()) {
                throw new MigrationException(problem.code(), problem.message(), problem.help());
            }
        }
        Map<String, RuledTensor> all = new LinkedHashMap<>();
        Set<String> kept = new HashSet<>();
        for (RuledTensor tensor : ruled.tensors()) {
            boolean isCopy = !tensor.isMoved() && !kept.add(tensor.key());
            RuledTensor made = isCopy
                    ? new RuledTensor(tensor.name(), new CopiedTensor(tensor.value()), tensor.keys(), true)
                    : tensor;
            put(all, since(made));
        }
        return new CheckpointState(all, metadata, configuration);
    }

    /** A tensor as rules left it, told by where it came from in the beginning. */
    private RuledTensor since(RuledTensor ruled) {
        Set<String> keys = new LinkedHashSet<>();
        boolean wasMoved = false;
        for (String name : ruled.keys()) {
            RuledTensor before = tensors.get(name);
            keys.addAll(before.keys());
            wasMoved |= before.isMoved();
        }
        return new RuledTensor(ruled.name(), ruled.value(), new ArrayList<>(keys), ruled.isMoved() || wasMoved);
    }

    private static void put(Map<String, RuledTensor> all, RuledTensor tensor) {
        RuledTensor other = all.put(tensor.name(), tensor);
        if (other != null) {
            throw new MigrationException(
                    ProblemCode.NAME_COLLISION,
                    "`" + other.key() + "` and `" + tensor.key() + "` would both be called `" + tensor.name() + "`",
                    "give one of them another name");
        }
    }

    /**
     * The same with other names for tensors, all given at once: {@code {a=b, b=a}} exchanges two.
     *
     * @throws MigrationException if two tensors would have one name
     */
    public CheckpointState renamed(Map<String, String> newNames) {
        Map<String, RuledTensor> all = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> put(
                all,
                new RuledTensor(newNames.getOrDefault(name, name), tensor.value(), tensor.keys(), tensor.isMoved())));
        return new CheckpointState(all, metadata, configuration);
    }

    /** The same with other values for a tensor, or, at the end, with one that was not there. */
    public CheckpointState with(String name, LazyTensor value) {
        Map<String, RuledTensor> all = new LinkedHashMap<>(tensors);
        List<String> keys =
                Optional.ofNullable(tensors.get(name)).map(RuledTensor::keys).orElse(List.of());
        all.put(name, new RuledTensor(name, value, keys, true));
        return new CheckpointState(all, metadata, configuration);
    }

    /** The same without a tensor. */
    public CheckpointState without(String name) {
        Map<String, RuledTensor> all = new LinkedHashMap<>(tensors);
        all.remove(name);
        return new CheckpointState(all, metadata, configuration);
    }

    /** The same with a text in the metadata. */
    public CheckpointState withMetadata(String key, String text) {
        Map<String, String> all = new TreeMap<>(metadata);
        all.put(key, text);
        return new CheckpointState(tensors, all, configuration);
    }

    /** The same without a text of the metadata. */
    public CheckpointState withoutMetadata(String key) {
        Map<String, String> all = new TreeMap<>(metadata);
        all.remove(key);
        return new CheckpointState(tensors, all, configuration);
    }

    /** The same, as if the checkpoint had been so from the beginning. */
    CheckpointState asFound() {
        return new CheckpointState(untouched(tensors()), metadata, configuration);
    }

    /** This, told by where what it was made of came from. */
    CheckpointState after(CheckpointState before) {
        Map<String, RuledTensor> all = new LinkedHashMap<>();
        tensors.values().forEach(tensor -> put(all, before.since(tensor)));
        return new CheckpointState(all, metadata, configuration);
    }

    /** Whether nothing is another than in the beginning, with the metadata of then. */
    boolean isUntouched(Map<String, String> metadataBefore, Set<String> namesBefore) {
        return metadata.equals(metadataBefore)
                && tensors.keySet().equals(namesBefore)
                && tensors.values().stream()
                        .noneMatch(tensor -> tensor.isMoved() || !tensor.name().equals(tensor.key()));
    }

    /**
     * The tensors by where they come from. What was added comes from nothing, and has no keys.
     *
     * @param before names of the checkpoint's tensors
     */
    public RuledTensors ruled(Stream<String> before) {
        Set<String> kept = new HashSet<>();
        tensors.values().forEach(tensor -> kept.addAll(tensor.keys()));
        Map<String, String> leftOut = new HashMap<>();
        before.filter(name -> !kept.contains(name)).forEach(name -> leftOut.put(name, "migrations"));
        return new RuledTensors(List.copyOf(tensors.values()), leftOut, 0, List.of(), List.of());
    }

    List<RuledTensor> all() {
        return List.copyOf(tensors.values());
    }
}
