package io.graft.djl;

import io.graft.tensor.Shape;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a native block is made.
 *
 * @param factory name of a class that implements {@link ai.djl.nn.BlockFactory}
 * @param folder folder that the factory may look for files in
 * @param arguments handed to the factory as they are
 * @param inputShapes one shape for each input, batch dimension included; they initialize the block
 */
public record BlockSource(String factory, Path folder, Map<String, Object> arguments, List<Shape> inputShapes) {
    public BlockSource {
        arguments = Collections.unmodifiableMap(new LinkedHashMap<>(arguments));
        inputShapes = List.copyOf(inputShapes);
    }
}
