package io.graft.modifiers.lora.placing;

import io.graft.model.rules.RuledTensor;
import io.graft.model.rules.RuledTensors;
import io.graft.model.rules.Rules;
import io.graft.modifiers.lora.config.AdapterConfig;
import io.graft.modifiers.lora.edit.Findings;
import io.graft.modifiers.lora.reading.AdapterTensors;
import io.graft.modifiers.lora.reading.LowRank;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The names that rules give to those that an adapter has for tensors of the model. Rules that move elements cannot be followed: factors
 * of an update are not made of parts.
 */
public final class Renaming {
    /** Every name stays as it is. */
    static final Renaming NONE = new Renaming(Map.of(), List.of());

    private final Map<String, String> names;
    private final List<Flaw> flaws;

    private Renaming(Map<String, String> names, List<Flaw> flaws) {
        this.names = names;
        this.flaws = flaws;
    }

    /** Why rules cannot be followed. */
    private record Flaw(ProblemCode code, String key, String message, String help) {}

    public static Renaming of(Rules rules, AdapterTensors adapter, AdapterConfig config) {
        return rules.isEmpty() ? NONE : of(rules, named(adapter, config));
    }

    /**
     * That of an adapter of another method than LoRA, whose tensors tell nothing of the shapes of weights.
     *
     * @param modules those that are adapted
     * @param others what is saved beside
     */
    public static Renaming of(Rules rules, Collection<String> modules, AdapterTensors others) {
        if (rules.isEmpty()) {
            return NONE;
        }
        Map<String, LazyTensor> named = new LinkedHashMap<>();
        modules.forEach(module -> {
            named.put(module + ".weight", ofShape(Shape.of(1, 1)));
            named.put(module + ".bias", ofShape(Shape.of(1)));
        });
        others.whole().forEach((name, tensor) -> named.put(name, tensor.value()));
        return of(rules, named);
    }

    private static Renaming of(Rules rules, Map<String, LazyTensor> named) {
        RuledTensors ruled = rules.apply(named, "adapter");
        List<Flaw> flaws = new ArrayList<>();
        ruled.problems()
                .forEach(problem -> flaws.add(
                        new Flaw(problem.code(), "rename[" + problem.rule() + "]", problem.message(), problem.help())));
        Map<String, String> names = new HashMap<>();
        for (RuledTensor tensor : ruled.tensors()) {
            if (tensor.isMoved()) {
                flaws.add(new Flaw(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        "rename",
                        "the rules make `" + tensor.name() + "` of `" + tensor.key()
                                + "` with its elements in other places, which the factors of an update cannot follow",
                        "give the model the names of the adapter before, with the modifier renaming, merge, and undo it"
                                + " after"));
                break;
            }
            names.put(tensor.key(), tensor.name());
        }
        return new Renaming(names, flaws);
    }

    /** What the adapter's names may stand for in the model, each with a tensor of its shape. */
    private static Map<String, LazyTensor> named(AdapterTensors adapter, AdapterConfig config) {
        Map<String, LazyTensor> named = new LinkedHashMap<>();
        for (LowRank update : adapter.updates()) {
            Shape a = update.a().shape();
            Shape b = update.b().shape();
            Shape weight = update.isEmbedding()
                    ? Shape.of(a.dimension(1), b.dimension(0))
                    : Shape.of(b.dimension(0), a.dimension(1));
            Placing.namesOf(update.module(), config).forEach(name -> named.put(name, ofShape(weight)));
            for (String bias : List.of(".bias", ".in_proj_bias")) {
                named.put(update.module() + bias, ofShape(Shape.of(b.dimension(0))));
            }
        }
        adapter.rows().forEach(rows -> named.put(rows.weight(), rows.rows().value()));
        adapter.whole().forEach((name, tensor) -> named.put(name, tensor.value()));
        return named;
    }

    private static LazyTensor ofShape(Shape shape) {
        return LazyTensors.generate("a name", DType.F32, shape, place -> 0);
    }

    /** Tells why rules cannot be followed. */
    public void report(Findings findings) {
        flaws.forEach(flaw -> findings.error(flaw.code(), flaw.key(), flaw.message(), flaw.help()));
    }

    public boolean isPossible() {
        return flaws.isEmpty();
    }

    /** The name that the rules give. */
    public String of(String name) {
        return names.getOrDefault(name, name);
    }
}
