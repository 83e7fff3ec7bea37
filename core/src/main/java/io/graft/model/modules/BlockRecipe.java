package io.graft.model.modules;

import io.graft.tensor.Shape;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a module is made by code: {@link io.graft.ModifierContext} makes a {@link ModuleSource} of it.
 *
 * @param factory name of a class that implements DJL's {@code BlockFactory}
 * @param arguments handed to the factory as they are
 * @param inputShapes one shape for each input of the module, batch dimension included
 * @param seed random values follow from it, and from where a tensor stands
 */
public record BlockRecipe(String factory, Map<String, Object> arguments, List<Shape> inputShapes, long seed) {
    public BlockRecipe {
        arguments = Collections.unmodifiableMap(new LinkedHashMap<>(arguments));
        inputShapes = List.copyOf(inputShapes);
    }
}
