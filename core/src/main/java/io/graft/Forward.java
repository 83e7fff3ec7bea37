package io.graft;

import java.util.List;

/** One run of a model in inference: tensors go in by name, and tensors come out by name. */
@FunctionalInterface
public interface Forward {
    /**
     * Runs the model as it is now.
     *
     * @param inputs named {@code 0}, {@code 1}, ... in the order of the model's arguments, or by the arguments' names
     * @return the outputs in order, named {@code 0}, {@code 1}, ... where the model has no names for them
     * @throws RuntimeException one that is {@link io.graft.problem.Explained} if the inputs are not the model's, or it fails on
     *     them
     */
    List<NamedTensor> run(List<NamedTensor> inputs);
}
