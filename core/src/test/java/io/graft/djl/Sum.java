package io.graft.djl;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.BlockFactory;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;
import ai.djl.util.PairList;
import io.graft.djl.forward.Signature;
import io.graft.djl.forward.SignedBlock;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Adds up one to three inputs, by their names. */
final class Sum extends AbstractBlock implements SignedBlock {
    private final Parameter zero = addParameter(Parameter.builder()
            .setName("zero")
            .setType(Parameter.Type.BIAS)
            .optInitializer(Initializer.ZEROS)
            .optShape(new Shape(1))
            .build());

    @Override
    public Signature signature() {
        return new Signature(List.of("a", "b", "c"), 1, List.of("sum"));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDArray sum = inputs.get("a").add(store.getValue(zero, inputs.head().getDevice(), training));
        for (NDArray input : inputs) {
            sum = input.getName().equals("a") ? sum : sum.add(input);
        }
        return new NDList(sum);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return inputs;
    }

    /** As a configuration makes it. */
    public static final class Factory implements BlockFactory {
        private static final long serialVersionUID = 1L;

        @Override
        public Block newBlock(Model model, Path folder, Map<String, ?> arguments) {
            return new Sum();
        }
    }
}
