package io.graft.djl.tree;

import io.graft.djl.modified.ModifiedBlock;
import io.graft.djl.modified.ParametrizationStack;
import io.graft.model.DraftTensor;
import io.graft.model.parametrization.Applied;
import io.graft.model.parametrization.Owner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The parametrizations of a block, as those of its tensors. */
public record LiveParametrizations(ModifiedBlock modified) {
    public static LiveParametrizations of(ModifiedBlock modified) {
        return new LiveParametrizations(modified);
    }

    /** Puts them on the tensors, and what they own after everything else. */
    public void addTo(Map<String, DraftTensor> tensors) {
        Map<String, Owner> owners = new HashMap<>();
        for (DraftTensor tensor : List.copyOf(tensors.values())) {
            ParametrizationStack stack = tensor.base() instanceof BlockTensor live
                    ? modified.stacks().get(live.parameter())
                    : null;
            if (stack != null) {
                List<Applied> applied = new ArrayList<>();
                for (ParametrizationStack.Layer layer : stack.layers()) {
                    applied.add(layer.applied().with(owned -> live(owned.name())));
                    layer.applied()
                            .parametrization()
                            .owned()
                            .forEach(owned -> owners.putIfAbsent(
                                    layer.applied().owned().get(owned.slot()).name(),
                                    new Owner(stack.name(), layer.applied().adapter(), owned.slot(), owned.sharing())));
                    // What a storage keeps under the weight's own name is no tensor beside it.
                    owners.remove(stack.name());
                }
                tensors.put(tensor.name(), tensor.withParametrizations(applied));
            }
        }
        modified.owned().forEach((name, parameter) -> {
            // Those of a module that was exchanged belong to nothing.
            if (owners.containsKey(name)) {
                tensors.put(name, BlockTree.draft(name, Set.of(), parameter).withOwner(owners.get(name)));
            }
        });
    }

    private Applied.Owned live(String name) {
        return new Applied.Owned(name, BlockTensor.of(name, modified.owned().get(name)));
    }
}
