package io.graft.modifiers.transfer;

import io.graft.ModifierContext;
import io.graft.SelectorOption;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.problem.ProblemCode;
import io.graft.tensor.CastTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Loads tensors block by block, as align rules say, and tells which blocks moved, stayed or were dropped. */
final class Alignments {
    private final List<AlignRule> rules;
    private final Map<String, Integer> ruleOf = new HashMap<>();
    private final Set<Integer> used = new TreeSet<>();
    private final ModifierContext context;

    private Alignments(List<AlignRule> rules, ModifierContext context) {
        this.rules = rules;
        this.context = context;
    }

    static Alignments of(List<AlignRule> rules, ModelDraft model, ModifierContext context) {
        Alignments alignments = new Alignments(rules, context);
        for (int index = 0; index < rules.size(); index++) {
            int rule = index;
            new SelectorOption("align[" + index + "].tensor", rules.get(index).tensor(), true)
                    .resolve(model, context)
                    .ifPresent(match -> alignments.claim(rule, allNames(match.tensors(), model)));
        }
        return alignments;
    }

    private static Set<String> allNames(List<String> tensors, ModelDraft model) {
        Set<String> names = new LinkedHashSet<>(tensors);
        tensors.forEach(tensor -> names.addAll(model.tiedTo(tensor)));
        return names;
    }

    private void claim(int index, Set<String> tensors) {
        for (String name : tensors) {
            Integer other = ruleOf.putIfAbsent(name, index);
            if (other != null) {
                context.error(
                        ProblemCode.NAME_COLLISION,
                        "align[" + index + "].tensor",
                        "align rules #" + (other + 1) + " and #" + (index + 1) + " both select `" + name + "`",
                        "a tensor can be aligned along one dimension");
            }
        }
    }

    /** Whether a rule is for this tensor. */
    boolean has(String name) {
        return ruleOf.containsKey(name);
    }

    /** The tensor's new value; empty after an error. */
    Optional<LazyTensor> align(String key, LazyTensor value, DraftTensor target) {
        int index = ruleOf.get(target.name());
        AlignRule rule = rules.get(index);
        used.add(index);
        LazyTensor initial = target.value();
        DType dtype = value.dtype() == initial.dtype()
                ? value.dtype()
                : target.dtype().computing();
        String misfit = misfit(rule, value.shape(), target.shape(), dtype);
        if (!misfit.isEmpty()) {
            context.error(
                    ProblemCode.SHAPE_MISMATCH,
                    "align[" + index + "]",
                    "`" + key + "` is " + value.shape() + " in the checkpoint and " + target.shape() + " in the model: "
                            + misfit,
                    "the names of `source` and `model` divide dimension " + rule.dimension()
                            + " into blocks of one size");
            return Optional.empty();
        }
        if (rule.source().size() == rule.model().size() && isInPlace(rule)) {
            return Optional.of(value);
        }
        return Optional.of(new AlignedTensor(
                CastTensor.to(dtype, value), CastTensor.to(dtype, initial), rule.dimension(), rule.blocks()));
    }

    private static boolean isInPlace(AlignRule rule) {
        List<Integer> blocks = rule.blocks();
        for (int index = 0; index < blocks.size(); index++) {
            if (blocks.get(index) != index) {
                return false;
            }
        }
        return true;
    }

    /** Why the names do not divide the shapes; empty if they do. */
    private static String misfit(AlignRule rule, Shape source, Shape model, DType dtype) {
        int dimension = rule.dimension();
        if (source.rank() != model.rank() || dimension >= model.rank()) {
            return "both must have a dimension " + dimension + " and as many dimensions";
        }
        for (int other = 0; other < model.rank(); other++) {
            if (other != dimension && source.dimension(other) != model.dimension(other)) {
                return "dimension " + other + " differs, and only dimension " + dimension + " may";
            }
        }
        long sourceSize = source.dimension(dimension);
        long modelSize = model.dimension(dimension);
        if (sourceSize % rule.source().size() != 0) {
            return rule.source().size() + " names do not divide " + sourceSize + " in the checkpoint";
        }
        if (modelSize % rule.model().size() != 0) {
            return rule.model().size() + " names do not divide " + modelSize + " in the model";
        }
        long sourceBlock = sourceSize / rule.source().size();
        long modelBlock = modelSize / rule.model().size();
        if (sourceBlock != modelBlock) {
            return "a name stands for " + sourceBlock + " in the checkpoint and for " + modelBlock + " in the model";
        }
        if (dtype.bits() < 8
                || dtype.byteCount(model) > Integer.MAX_VALUE
                || dtype.byteCount(source) > Integer.MAX_VALUE) {
            return "tensors of 2 GiB and more, or of elements smaller than a byte, cannot be aligned";
        }
        return "";
    }

    /** Reports what each rule did; a rule for tensors that the checkpoint does not fill is an error. */
    void report() {
        for (int index = 0; index < rules.size(); index++) {
            AlignRule rule = rules.get(index);
            if (used.contains(index)) {
                context.warn("align rule #" + (index + 1) + ", `" + rule.tensor() + "`: "
                        + String.join("; ", outcome(rule)));
            } else if (ruleOf.containsValue(index)) {
                context.error(
                        ProblemCode.UNMATCHED_RULE,
                        "align[" + index + "].tensor",
                        "the checkpoint fills no tensor that `" + rule.tensor() + "` selects",
                        "see `prefix`, `rename`, `include` and `exclude`");
            }
        }
    }

    private static List<String> outcome(AlignRule rule) {
        List<Integer> blocks = rule.blocks();
        long loaded = blocks.stream().filter(block -> block >= 0).count();
        long moved = 0;
        List<String> parts = new ArrayList<>();
        for (int index = 0; index < blocks.size(); index++) {
            String name = rule.model().get(index);
            if (blocks.get(index) >= 0) {
                moved += blocks.get(index) == index ? 0 : 1;
            } else if (index < rule.source().size() && !blocks.contains(index)) {
                String other = rule.source().get(index);
                parts.add("`" + name + "` stands where the checkpoint has `" + other + "` and keeps its initial values,"
                        + " names = [{from = " + other + ", to = " + name + "}] would load it");
            } else {
                parts.add("`" + name + "` is not in the checkpoint and keeps its initial values");
            }
        }
        for (int index = 0; index < rule.source().size(); index++) {
            if (!blocks.contains(index)) {
                parts.add("`" + rule.source().get(index) + "` of the checkpoint is not used");
            }
        }
        parts.add(
                0,
                loaded + " of " + blocks.size() + " blocks along dimension " + rule.dimension() + " loaded, " + moved
                        + " of them to another place");
        return parts;
    }
}
