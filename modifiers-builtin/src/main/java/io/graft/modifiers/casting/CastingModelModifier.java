package io.graft.modifiers.casting;

import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.ModifierContext;
import io.graft.Phase;
import io.graft.SelectorOption;
import io.graft.SelectorOption.Match;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Gives tensors another floating-point dtype. Values are rounded once, when they are written: modifiers that come later still see
 * them as they were. Values that become infinite are told. A tensor that the model has under several names is cast under all of
 * them. A quantized weight is dequantized for it; one whose codes nothing reads is an error. Integers may be codes too, so they are
 * cast only where they are named one by one, and told otherwise.
 */
@Modifier(value = "casting", phase = Phase.BEFORE_LOAD)
public final class CastingModelModifier implements ModelModifier {
    private final CastingOptions options;
    private final DType dtype;

    public CastingModelModifier(CastingOptions options) {
        this.options = options;
        this.dtype = options.dtype().dtype();
    }

    @Override
    public Optional<Record> options() {
        return Optional.of(options);
    }

    @Override
    public void apply(ModelDraft model, ModifierContext context) {
        List<Match> matches = SelectorOption.resolveAll("tensors", options.tensors(), options.strict(), model, context);
        List<Match> exceptions =
                SelectorOption.resolveAll("exclude", options.exclude(), options.strict(), model, context);
        if (context.failed()) {
            return;
        }
        Set<String> selected = options.tensors().isEmpty() ? floatingPoint(model) : names(matches);
        Set<String> remaining = without(exceptions, selected, model, context);
        remaining.removeIf(name -> tensor(name, model)
                .owner()
                .filter(owner -> owner.isStorage()
                        && remaining.contains(owner.tensor())
                        && tensor(owner.tensor(), model).cameStored())
                .isPresent());
        Map<Verdict, List<String>> verdicts = judge(remaining, named(matches), model);
        verdicts.get(Verdict.IMPOSSIBLE).forEach(name -> reportImpossible(name, matches, model, context));
        if (context.failed()) {
            return;
        }
        List<String> cast = verdicts.get(Verdict.CAST);
        warnOfRest(verdicts, model, context);
        warnOfTies(cast, selected, model, context);
        if (cast.isEmpty()) {
            context.warn("nothing is cast: " + verdicts.get(Verdict.DONE).size() + " of " + selected.size()
                    + " selected tensors are " + dtype + " already");
        }
        cast.forEach(name -> model.cast(name, dtype));
    }

    private static Set<String> floatingPoint(ModelDraft model) {
        Set<String> names = new LinkedHashSet<>();
        model.tensors().stream()
                .filter(tensor -> tensor.dtype().isFloatingPoint())
                .forEach(tensor -> names.add(tensor.name()));
        return names;
    }

    private static Set<String> names(List<Match> matches) {
        Set<String> names = new LinkedHashSet<>();
        matches.forEach(match -> names.addAll(match.tensors()));
        return names;
    }

    /** The tensors whose very names are given, and the options that give them. */
    private static Map<String, String> named(List<Match> matches) {
        Map<String, String> keys = new LinkedHashMap<>();
        for (Match match : matches) {
            match.tensors().stream()
                    .filter(match.selector().toString()::equals)
                    .forEach(name -> keys.putIfAbsent(name, match.key()));
        }
        return keys;
    }

    /** One tensor under two names cannot be cast under one of them and keep its dtype under the other: it keeps it. */
    private static Set<String> without(
            List<Match> exceptions, Set<String> selected, ModelDraft model, ModifierContext context) {
        Set<String> remaining = new LinkedHashSet<>(selected);
        Set<String> excluded = names(exceptions);
        for (Match exception : exceptions) {
            List<String> all = exception.tensors().stream()
                    .flatMap(name -> Stream.concat(Stream.of(name), model.tiedTo(name).stream()))
                    .distinct()
                    .toList();
            if (all.stream().noneMatch(selected::contains)) {
                context.warn("`" + exception.selector() + "` in `exclude` is not among what would be cast");
            }
            all.stream()
                    .filter(remaining::remove)
                    .filter(name -> !excluded.contains(name))
                    .forEach(name -> context.warn("`" + name + "` keeps its dtype: it is the same tensor as `"
                            + model.tiedTo(name).stream()
                                    .filter(excluded::contains)
                                    .findFirst()
                                    .orElseThrow()
                            + "`, which `exclude` selects"));
        }
        return remaining;
    }

    private Map<Verdict, List<String>> judge(Set<String> names, Map<String, String> named, ModelDraft model) {
        Map<Verdict, List<String>> verdicts = new EnumMap<>(Verdict.class);
        Stream.of(Verdict.values()).forEach(verdict -> verdicts.put(verdict, new ArrayList<>()));
        for (String name : names) {
            boolean isNamed =
                    named.containsKey(name) || model.tiedTo(name).stream().anyMatch(named::containsKey);
            verdicts.get(Verdict.of(tensor(name, model), dtype, isNamed)).add(name);
        }
        return verdicts;
    }

    private void reportImpossible(String name, List<Match> matches, ModelDraft model, ModifierContext context) {
        context.error(
                ProblemCode.UNSUPPORTED_CHANGE,
                named(matches).getOrDefault(name, "tensors"),
                "`" + name + "` cannot be converted from " + tensor(name, model).dtype() + " to " + dtype,
                "real numbers and booleans of 8 bits and more can be; leave it out");
    }

    private static void warnOfRest(Map<Verdict, List<String>> verdicts, ModelDraft model, ModifierContext context) {
        List<String> codes = verdicts.get(Verdict.CODES);
        if (!codes.isEmpty()) {
            context.warn("not cast: " + withDtypes(codes, model) + ", which may be codes whose scales lie beside them;"
                    + " what is no floating-point number is cast where `tensors` has its full name");
        }
        List<String> stored = verdicts.get(Verdict.STORED);
        if (!stored.isEmpty()) {
            context.warn(
                    "not cast: " + FirstFew.names(stored) + ", which a parametrization stores in a dtype of its own");
        }
    }

    private static String withDtypes(List<String> names, ModelDraft model) {
        return FirstFew.of(
                names.stream()
                        .map(name -> "`" + name + "` (" + tensor(name, model).dtype() + ")")
                        .toList(),
                4);
    }

    private static void warnOfTies(List<String> cast, Set<String> selected, ModelDraft model, ModifierContext context) {
        for (String name : cast) {
            for (String tied : model.tiedTo(name)) {
                if (!selected.contains(tied)) {
                    context.warn("`" + tied + "` is the same tensor as `" + name + "` and is cast with it");
                }
            }
        }
    }

    private static DraftTensor tensor(String name, ModelDraft model) {
        return model.find(name).orElseThrow();
    }
}
