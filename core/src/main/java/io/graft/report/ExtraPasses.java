package io.graft.report;

import io.graft.model.DraftTensor;
import io.graft.tensor.ComputedTensor;
import io.graft.tensor.LazyTensor;
import java.util.List;
import java.util.stream.Stream;

/** Which tensors of a plan take more than one pass over what they are computed from. */
final class ExtraPasses {
    private ExtraPasses() {}

    /** Each pass of each tensor, after the tensor's name. */
    static List<String> of(List<DraftTensor> tensors) {
        return tensors.stream()
                .flatMap(tensor -> passes(tensor.base()).map(pass -> tensor.name() + ": " + pass))
                .toList();
    }

    private static Stream<String> passes(LazyTensor value) {
        Stream<String> own = value instanceof ComputedTensor computed ? computed.extraPasses().stream() : Stream.of();
        return Stream.concat(own, value.inputs().stream().flatMap(ExtraPasses::passes));
    }
}
