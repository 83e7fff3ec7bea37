package io.graft.report;

import io.graft.model.DraftTensor;
import io.graft.tensor.ComputedTensor;
import io.graft.tensor.LazyTensor;
import java.util.ArrayList;
import java.util.List;

/** Which tensors of a plan take more than one pass over what they are computed from. */
final class ExtraPasses {
    private ExtraPasses() {}

    /** Each pass of each tensor, after the tensor's name. */
    static List<String> of(List<DraftTensor> tensors) {
        List<String> passes = new ArrayList<>();
        tensors.forEach(tensor -> add(tensor.base(), tensor.name(), passes));
        return passes;
    }

    private static void add(LazyTensor value, String name, List<String> passes) {
        if (value instanceof ComputedTensor computed) {
            computed.extraPasses().forEach(pass -> passes.add(name + ": " + pass));
        }
        value.inputs().forEach(input -> add(input, name, passes));
    }
}
