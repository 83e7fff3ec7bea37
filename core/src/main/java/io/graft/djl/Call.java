package io.graft.djl;

import ai.djl.nn.Block;
import io.graft.NamedTensor;
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
record Call(List<String> arguments, List<NamedTensor> inputs, List<String> outputs) {
    /**
     * @throws BlockModelException if the inputs are not the block's
     */
    static Call of(Block block, List<NamedTensor> given) {
        if (block instanceof SignedBlock signed) {
            Signature signature = signed.signature();
            return order(given, signature.inputs(), signature.required(), signature.outputs());
        }
        List<String> arguments = block.describeInput().keys();
        return order(given, arguments, arguments.size(), List.of());
    }

    /** The name of an output: its position, where the block has none for it. */
    String output(int index) {
        return index < outputs.size() ? outputs.get(index) : String.valueOf(index);
    }

    private static Call order(List<NamedTensor> given, List<String> arguments, int required, List<String> outputs) {
        Map<String, NamedTensor> named = new HashMap<>();
        given.forEach(input -> named.put(input.name(), input));
        List<String> taken = new ArrayList<>();
        List<NamedTensor> ordered = new ArrayList<>();
        boolean complete = true;
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            NamedTensor input = named.getOrDefault(String.valueOf(i), named.get(argument));
            if (input != null) {
                taken.add(argument);
                ordered.add(input);
            }
            complete &= input != null || i >= required;
        }
        if (complete && ordered.size() == given.size()) {
            return new Call(taken, ordered, outputs);
        }
        List<String> optional = arguments.subList(required, arguments.size());
        throw ForwardPass.refused(
                "the inputs are named " + given.stream().map(NamedTensor::name).toList() + ", the block takes "
                        + arguments.subList(0, required)
                        + (optional.isEmpty() ? "" : ", and may take " + optional),
                "name them 0, 1, ... in this order, or as the block does",
                null);
    }
}
