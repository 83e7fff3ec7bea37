package io.graft.training.checkpoint;

import ai.djl.nn.Parameter;
import io.graft.djl.array.DataTypes;
import io.graft.djl.array.Shapes;
import io.graft.model.DraftTensor;
import io.graft.model.Ties;
import io.graft.model.training.TensorKind;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.training.optimizer.NamedOptimizer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A parameter, as far as what an optimizer remembers of it must fit.
 *
 * @param isTrained in the first step
 */
record OptimizedParameter(Shape shape, DType dtype, boolean isTrained) {
    /** Those of an optimizer, by name. */
    static Map<String, OptimizedParameter> of(NamedOptimizer optimizer) {
        Map<String, OptimizedParameter> parameters = new LinkedHashMap<>();
        for (String name : optimizer.names()) {
            Parameter parameter = optimizer.parameter(name);
            parameters.put(
                    name,
                    new OptimizedParameter(
                            Shapes.of(parameter.getArray().getShape()),
                            DataTypes.of(parameter.getArray().getDataType()),
                            parameter.requiresGradient()));
        }
        return parameters;
    }

    /** Those that an optimizer of a model would have. */
    static Map<String, OptimizedParameter> of(Collection<DraftTensor> model) {
        Map<String, OptimizedParameter> parameters = new LinkedHashMap<>();
        Ties ties = Ties.of(model);
        for (DraftTensor tensor : model) {
            if (tensor.kind() == TensorKind.PARAMETER && tensor.dtype().isFloatingPoint() && ties.counts(tensor)) {
                parameters.put(
                        tensor.name(), new OptimizedParameter(tensor.shape(), tensor.dtype(), tensor.trainable()));
            }
        }
        return parameters;
    }
}
