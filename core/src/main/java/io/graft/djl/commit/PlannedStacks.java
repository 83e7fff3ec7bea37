package io.graft.djl.commit;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.graft.djl.array.BaseArray;
import io.graft.djl.array.DataTypes;
import io.graft.djl.array.RawArrays;
import io.graft.djl.array.Shapes;
import io.graft.djl.expression.EngineLimits;
import io.graft.djl.modified.ExchangedLayers;
import io.graft.djl.modified.ModifiedBlock;
import io.graft.djl.modified.ParametrizationStack;
import io.graft.djl.tree.BlockTensor;
import io.graft.model.DraftTensor;
import io.graft.model.parametrization.Applied;
import io.graft.model.parametrization.Form;
import io.graft.model.training.TensorKind;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.expression.Expression;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The parametrizations that a plan gives a block.
 *
 * @param root the block, modified already or not
 * @param tensors the parametrized tensors, with their parameters
 * @param brought tensors that parametrizations own and the block does not have yet
 * @param kept parameters that parametrizations own and the block has, by name
 * @param changed whether any of that is not as it is
 */
public record PlannedStacks(
        Block root,
        Map<Parameter, DraftTensor> tensors,
        List<DraftTensor> brought,
        Map<String, Parameter> kept,
        boolean changed) {
    /**
     * @param present the block's tensor for one of the plan, if it has one
     * @param owned what parametrizations of the block own now
     */
    static PlannedStacks of(
            Block root,
            Collection<DraftTensor> planned,
            Function<DraftTensor, Optional<DraftTensor>> present,
            Collection<Parameter> owned) {
        Map<Parameter, DraftTensor> tensors = new LinkedHashMap<>();
        List<DraftTensor> brought = new ArrayList<>();
        Map<String, Parameter> kept = new LinkedHashMap<>();
        boolean changed = false;
        for (DraftTensor tensor : planned) {
            Optional<DraftTensor> before = present.apply(tensor);
            if (tensor.owner().isPresent()) {
                before.ifPresentOrElse(one -> kept.put(tensor.name(), parameter(one)), () -> brought.add(tensor));
            } else if (before.isPresent()) {
                if (!tensor.parametrizations().isEmpty()) {
                    tensors.putIfAbsent(parameter(before.get()), tensor);
                    inPlace(tensor)
                            .ifPresent(one -> live(one.value())
                                    .ifPresentOrElse(
                                            parameter -> kept.put(one.name(), parameter), () -> brought.add(own(one))));
                }
                changed |= !tensor.parametrizations().equals(before.get().parametrizations());
            }
        }
        // With a module that goes, its parametrizations go.
        changed |= !kept.values().containsAll(owned) || !brought.isEmpty();
        return new PlannedStacks(root, tensors, brought, kept, changed);
    }

    /** What a storage keeps under the name of its tensor, which is none of the plan's tensors. */
    private static Optional<Applied.Owned> inPlace(DraftTensor tensor) {
        return tensor.storage()
                .flatMap(storage -> storage.owned().values().stream()
                        .filter(owned -> owned.name().equals(tensor.name()))
                        .findFirst());
    }

    private static Optional<Parameter> live(LazyTensor value) {
        return value instanceof BlockTensor present ? Optional.of(present.parameter()) : Optional.empty();
    }

    private static DraftTensor own(Applied.Owned owned) {
        return DraftTensor.initial(owned.name(), Set.of(), TensorKind.BUFFER, false, owned.value());
    }

    private static Parameter parameter(DraftTensor present) {
        return ((BlockTensor) present.base()).parameter();
    }

    /** The weights that a layer may run without making them. */
    Map<Parameter, ExchangedLayers.Kind> exchangeable() {
        Map<Parameter, ExchangedLayers.Kind> exchangeable = new LinkedHashMap<>();
        tensors.forEach((weight, tensor) -> {
            if (isStored(tensor)) {
                exchangeable.put(weight, ExchangedLayers.Kind.QUANTIZED);
            } else if (isFactorable(weight, tensor)) {
                exchangeable.put(weight, ExchangedLayers.Kind.FACTORED);
            }
        });
        return exchangeable;
    }

    private static boolean isStored(DraftTensor tensor) {
        return tensor.storage().isPresent() && tensor.dtype().isFloatingPoint();
    }

    private static boolean isFactorable(Parameter weight, DraftTensor tensor) {
        return tensor.dtype().isFloatingPoint()
                && forms(weight, tensor).stream().anyMatch(form -> fits(form, tensor));
    }

    /** Weights by their names whose numbers nobody needs, since their storages hold them. */
    Map<String, Parameter> givenUp() {
        Map<String, Parameter> givenUp = new LinkedHashMap<>();
        tensors.forEach((weight, tensor) -> {
            if (isStored(tensor) && !BaseArray.isAbsent(weight)) {
                givenUp.put(tensor.name(), weight);
            }
        });
        return givenUp;
    }

    private static boolean fits(Form form, DraftTensor tensor) {
        return form instanceof Form.LowRank lowRank && lowRank.runsBeside(tensor.shape(), tensor.dtype());
    }

    /** The forms of a tensor's parametrizations, active or not, first applied first. */
    private static List<Form> forms(Parameter weight, DraftTensor tensor) {
        Expression.Below below = below(weight);
        return tensor.parametrizations().stream()
                .map(applied -> applied.parametrization().form(below))
                .toList();
    }

    private static Expression.Below below(Parameter weight) {
        return new Expression.Below(
                Shapes.of(weight.getArray().getShape()),
                DataTypes.of(weight.getArray().getDataType()));
    }

    /** What the engine or the layers cannot do. */
    void check(Refusals refusals) {
        brought.forEach(tensor -> {
            boolean raw = tensor.kind() == TensorKind.BUFFER && RawArrays.isRaw(tensor.dtype());
            if (DataTypes.writable(tensor.dtype()).isEmpty() && !raw) {
                refusals.unholdable(tensor);
            }
        });
        Map<Parameter, ExchangedLayers.Kind> exchangeable = exchangeable();
        ExchangedLayers layers = new ExchangedLayers(ModifiedBlock.unwrapped(root), exchangeable);
        tensors.forEach((weight, tensor) -> {
            Optional<String> refusal = exchangeable.containsKey(weight)
                    ? layers.refusal(weight)
                    : Optional.of("its factors are not those of a layer");
            List<Form> forms = forms(weight, tensor);
            for (int i = 0; i < forms.size(); i++) {
                Applied applied = tensor.parametrizations().get(i);
                EngineLimits.of(forms.get(i).value()).ifPresent(limit -> refusals.unrunnable(tensor, applied, limit));
                boolean inFactors = refusal.isEmpty() && areLowRank(forms.subList(i, forms.size()), tensor);
                if (dropout(forms.get(i)) > 0 && !inFactors) {
                    refusals.dropout(tensor, applied, refusal.orElse("another parametrization stands on it"));
                }
            }
            if (tensor.storage().isPresent() && refusal.isPresent()) {
                refusals.restoredWhole(tensor, refusal.get());
            } else if (exchangeable.containsKey(weight) && refusal.isPresent() && layers.isOfLinear(weight)) {
                refusals.wholeWeight(tensor, refusal.get());
            }
        });
    }

    private static boolean areLowRank(List<Form> forms, DraftTensor tensor) {
        return forms.stream().allMatch(form -> fits(form, tensor));
    }

    private static double dropout(Form form) {
        return form instanceof Form.LowRank lowRank ? lowRank.inputDropout() : 0;
    }

    /** The stacks, once there are parameters for everything that is owned. */
    Map<Parameter, ParametrizationStack> stacks(Map<String, Parameter> owned) {
        Map<Parameter, ParametrizationStack> stacks = new LinkedHashMap<>();
        tensors.forEach((weight, tensor) -> {
            List<ParametrizationStack.Layer> layers = new ArrayList<>();
            for (Applied applied : tensor.parametrizations()) {
                Map<String, Parameter> slots = new LinkedHashMap<>();
                applied.owned().forEach((slot, one) -> slots.put(slot, owned.get(one.name())));
                Expression.Below below = below(weight);
                layers.add(new ParametrizationStack.Layer(
                        applied, below, applied.parametrization().form(below), slots));
            }
            stacks.put(weight, new ParametrizationStack(tensor.name(), weight, layers));
        });
        return stacks;
    }
}
