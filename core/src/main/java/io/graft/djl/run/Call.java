package io.graft.djl.run;

import io.graft.NamedTensor;
import io.graft.djl.forward.Signature;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Inputs as a block takes them, and the names of what it gives.
 *
 * @param arguments the names that the block has for the inputs, in its order; those that it can do without may be missing
 * @param inputs one for each
 */
public record Call(List<String> arguments, List<NamedTensor> inputs, List<String> outputs) {
    /**
     * Puts inputs in the block's order.
     *
     * @param byName whether the block knows its inputs by their names, so that any that is not required may be missing; if not, only
     *     the last ones may
     * @param called what the block is, for messages: {@code the block}
     * @throws io.graft.djl.forward.BlockModelException if the inputs are not the block's
     */
    static Call of(List<NamedTensor> given, Signature signature, boolean byName, String called) {
        Map<String, NamedTensor> named = new HashMap<>();
        given.forEach(input -> named.put(input.name(), input));
        List<String> taken = new ArrayList<>();
        List<NamedTensor> ordered = new ArrayList<>();
        for (int i = 0; i < signature.inputs().size(); i++) {
            String argument = signature.inputs().get(i);
            NamedTensor input = named.getOrDefault(String.valueOf(i), named.get(argument));
            if (input != null) {
                taken.add(argument);
                ordered.add(input);
            }
        }
        int firsts = byName ? signature.required() : Math.max(signature.required(), taken.size());
        boolean complete = taken.size() >= firsts
                && taken.subList(0, firsts).equals(signature.inputs().subList(0, firsts));
        if (complete && ordered.size() == given.size()) {
            return new Call(taken, ordered, signature.outputs());
        }
        throw ForwardPass.refused(
                "the inputs are named " + given.stream().map(NamedTensor::name).toList() + ", " + called + " takes "
                        + taken(signature),
                "name them 0, 1, ... in this order, or as " + called + " does",
                null);
    }

    private static String taken(Signature signature) {
        List<String> inputs = signature.inputs();
        List<String> optional = inputs.subList(signature.required(), inputs.size());
        return inputs.subList(0, signature.required()) + (optional.isEmpty() ? "" : ", and may take " + optional);
    }

    /** The name of an output: its position, where the block has none for it. */
    String output(int index) {
        return index < outputs.size() ? outputs.get(index) : String.valueOf(index);
    }
}
