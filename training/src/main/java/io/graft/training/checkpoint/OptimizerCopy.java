package io.graft.training.checkpoint;

import ai.djl.ndarray.NDArray;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.training.optimizer.NamedGroup;
import io.graft.training.optimizer.NamedOptimizer;
import io.graft.training.optimizer.OptimizerRule;
import io.graft.training.optimizer.ParameterState;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An optimizer as it was at a moment.
 *
 * @param states by the names of the parameters that have made a step
 */
record OptimizerCopy(OptimizerRule rule, List<NamedGroup> groups, Map<String, State> states) {
    /**
     * What is remembered of one parameter.
     *
     * @param arrays by slot; their own names are those of {@link SafetensorsForm}
     */
    record State(long steps, Map<String, OutputTensor> arrays) {}

    static OptimizerCopy of(NamedOptimizer optimizer, CopyMemory memory) throws IOException {
        Map<String, State> states = new LinkedHashMap<>();
        for (Map.Entry<String, ParameterState> each : optimizer.states().entrySet()) {
            Map<String, OutputTensor> arrays = new LinkedHashMap<>();
            for (Map.Entry<String, NDArray> array : each.getValue().arrays().entrySet()) {
                arrays.put(
                        array.getKey(),
                        TensorCopies.of(SafetensorsForm.name(array.getKey(), each.getKey()), array.getValue(), memory));
            }
            states.put(each.getKey(), new State(each.getValue().steps(), arrays));
        }
        return new OptimizerCopy(optimizer.rule(), optimizer.groups(), states);
    }
}
