package io.graft.djl.commit;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.core.Linear;
import io.graft.djl.array.DataTypes;
import io.graft.model.modules.ModuleSource;
import io.graft.model.modules.ModuleTensor;
import io.graft.model.tree.ModuleSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Makes a Linear of what is known of its tensors.
 *
 * @param source tells a weight and maybe a bias
 * @param weight the weight's shape
 */
record LinearMaker(ModuleSource source, List<Long> weight, boolean biased, DataType type) {
    /** Empty if the tensors are not those of a Linear. */
    static Optional<LinearMaker> of(ModuleSource source, String path) {
        Map<String, ModuleTensor> tensors =
                source.tensors(path).stream().collect(Collectors.toMap(ModuleTensor::name, Function.identity()));
        ModuleTensor weight = tensors.get("weight");
        ModuleTensor bias = tensors.get("bias");
        if (weight == null || weight.initial().shape().rank() != 2 || tensors.size() != (bias == null ? 1 : 2)) {
            return Optional.empty();
        }
        List<Long> shape = weight.initial().shape().dimensions();
        boolean fits = bias == null
                || (bias.initial().shape().dimensions().equals(shape.subList(0, 1))
                        && bias.initial().dtype() == weight.initial().dtype());
        return DataTypes.writable(weight.initial().dtype())
                .filter(type -> fits && type.isFloating())
                .map(type -> new LinearMaker(source, shape, bias != null, type));
    }

    /** Whether that is what the source says it is, or what stands there now. */
    static boolean isMeant(ModuleSource source, Optional<Block> old) {
        Optional<String> type = source.modules().stream()
                .filter(module -> module.path().isEmpty())
                .map(ModuleSpec::type)
                .filter(told -> !told.isEmpty())
                .findFirst();
        return type.map("Linear"::equals)
                .orElse(old.filter(Linear.class::isInstance).isPresent());
    }

    Linear make(NDManager manager) {
        Linear linear = Linear.builder().setUnits(weight.get(0)).optBias(biased).build();
        linear.initialize(manager, type, new Shape(1, weight.get(1)));
        return linear;
    }
}
