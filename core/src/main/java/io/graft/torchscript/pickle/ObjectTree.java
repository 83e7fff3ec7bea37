package io.graft.torchscript.pickle;

import io.graft.checkpoint.pytorch.pickle.PickleValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Item;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Sequence;
import io.graft.checkpoint.pytorch.pickle.PickleValue.SubclassTensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;

/** The values of a pickle, each a node that others hold; what is held in two places is one node. */
public final class ObjectTree {
    private ObjectTree() {}

    /** Every node below a root and the root, with the number of places that hold it; the root is held once more. */
    public static IdentityHashMap<PickleValue, Integer> uses(PickleValue root) {
        IdentityHashMap<PickleValue, Integer> uses = new IdentityHashMap<>();
        Deque<PickleValue> open = new ArrayDeque<>(List.of(root));
        while (!open.isEmpty()) {
            PickleValue node = open.pop();
            if (uses.merge(node, 1, Integer::sum) == 1) {
                children(node).forEach(open::push);
            }
        }
        return uses;
    }

    /** What a node holds directly; the storage of a tensor is part of the tensor. */
    static List<PickleValue> children(PickleValue node) {
        List<PickleValue> children = new ArrayList<>();
        if (node instanceof Sequence sequence) {
            children.addAll(sequence.items());
        } else if (node instanceof Mapping mapping) {
            for (Item item : mapping.items()) {
                children.add(item.key());
                children.add(item.value());
            }
        } else if (node instanceof Opaque object) {
            children.add(object.arguments());
            children.add(object.state());
            children.addAll(object.items());
        } else if (node instanceof SubclassTensor tensor) {
            children.add(tensor.base());
            children.add(tensor.fields());
        }
        return children;
    }
}
