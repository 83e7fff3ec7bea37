package io.graft.djl.commit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.graft.ValueWatch;
import io.graft.djl.array.EngineArrays;
import io.graft.djl.array.RawArrays;
import io.graft.djl.modified.ExchangedLayers;
import io.graft.djl.modified.IgnoredParametrizationException;
import io.graft.djl.modified.ModifiedBlock;
import io.graft.djl.modified.ParametrizationStack;
import io.graft.djl.modified.Probe;
import io.graft.djl.swap.SwapJournal;
import io.graft.model.DraftTensor;
import io.graft.model.training.TensorKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives a block other parametrizations and other parts that stand still: makes what is owned, exchanges layers, and runs the block
 * once. All of it can be undone until it is final, and then leaves no trace.
 */
public final class Remodelling {
    private final PlannedStacks planned;
    private final PlannedTraining training;
    private final ModifiedBlock modified;
    private final boolean wraps;
    private final Map<Parameter, ParametrizationStack> stacksBefore;
    private final Map<String, Parameter> ownedBefore;
    private final boolean stillBefore;
    private final Map<String, Parameter> made = new LinkedHashMap<>();
    private final SwapJournal swaps = new SwapJournal();
    private Map<String, Parameter> givenUp = Map.of();

    /**
     * @throws IllegalArgumentException if the block has no parameters
     */
    public Remodelling(PlannedStacks planned, PlannedTraining training) {
        this.planned = planned;
        this.training = training;
        this.wraps = !(planned.root() instanceof ModifiedBlock);
        this.modified = ModifiedBlock.of(planned.root());
        this.stacksBefore = modified.stacks();
        this.ownedBefore = modified.owned();
        this.stillBefore = modified.standsStill();
    }

    /** Makes what the parametrizations own. Their first values may come from the block, so it is not changed yet. */
    public void bring(ValueWatch watch) throws IOException {
        for (DraftTensor tensor : planned.brought()) {
            Parameter parameter = parameter(tensor, array(tensor, watch));
            watch.settle(tensor);
            made.put(tensor.name(), parameter);
            if (RawArrays.isRaw(tensor.dtype())) {
                RawArrays.hold(parameter, tensor.dtype());
            }
        }
    }

    private NDArray array(DraftTensor tensor, ValueWatch watch) throws IOException {
        NDManager manager = modified.manager();
        return RawArrays.isRaw(tensor.dtype())
                ? RawArrays.create(manager, tensor.dtype(), tensor.shape(), watch.materialize(tensor))
                : EngineArrays.create(manager, tensor.dtype(), tensor.shape(), watch.materialize(tensor));
    }

    private static Parameter parameter(DraftTensor tensor, NDArray array) {
        boolean buffer = tensor.kind() == TensorKind.BUFFER;
        array.setName(tensor.name());
        Parameter parameter = Parameter.builder()
                .setName(tensor.name())
                .setType(buffer ? Parameter.Type.OTHER : Parameter.Type.WEIGHT)
                .optShape(array.getShape())
                .optArray(array)
                .optRequiresGrad(tensor.trainable())
                .build();
        if (tensor.trainable()) {
            array.setRequiresGradient(true);
        }
        return parameter;
    }

    /**
     * Puts everything in its place.
     *
     * @throws IgnoredParametrizationException if the block does not ask for a parametrized weight
     */
    public void install() {
        if (planned.changed()) {
            parametrize();
        }
        StandingParts parts = training.parts(modified);
        parts.exchange(swaps);
        modified.standStill(parts.isWhole());
    }

    private void parametrize() {
        ExchangedLayers layers = new ExchangedLayers(modified.base(), planned.exchangeable());
        layers.exchange(swaps);
        givenUp = planned.givenUp();
        Map<String, Parameter> owned = new LinkedHashMap<>(planned.kept());
        owned.putAll(made);
        Map<Parameter, ParametrizationStack> stacks = planned.stacks(owned);
        modified.install(stacks, owned);
        if (!stacks.isEmpty()) {
            // Whether it asks for its weights is seen without adapters, too, whose weights need not be computed for it.
            modified.activate(Map.of());
            new Probe(modified, modified.manager()).inputs();
            modified.activateAgain(stacks);
        }
    }

    /** Weights by their names whose values nobody needs any more, since something else stores them. */
    Map<String, Parameter> givenUp() {
        return givenUp;
    }

    public void undo() {
        swaps.undo();
        modified.install(stacksBefore, ownedBefore);
        modified.standStill(stillBefore);
        made.values().forEach(Parameter::close);
        made.clear();
        if (wraps) {
            modified.close();
        }
    }

    /** The block that the model has from now on. */
    public Block result() {
        return isNeeded() ? modified : modified.base();
    }

    private boolean isNeeded() {
        return !modified.stacks().isEmpty() || modified.standsStill() || training.held();
    }

    /** Frees what is no longer owned. */
    public void makeFinal() {
        List<Parameter> dropped = new ArrayList<>(ownedBefore.values());
        dropped.removeAll(modified.owned().values());
        modified.free(dropped);
        if (isNeeded()) {
            modified.forgetWeights();
            modified.holdFrozen();
        } else {
            modified.close();
        }
    }
}
