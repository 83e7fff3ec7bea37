package io.graft.djl;

import io.graft.config.Decode;
import io.graft.config.NotBlank;
import io.graft.config.decoding.AnyDecoder;
import io.graft.tensor.Shape;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which native block is modified.
 *
 * @param blockFactory a class on the class path or among the extensions that implements ai.djl.nn.BlockFactory
 * @param arguments what the factory is given
 * @param inputShapes one shape for each input, batch dimension included, which the block is initialized with: [[1, 3, 224, 224]]
 */
public record BlockModelOptions(
        @NotBlank String blockFactory,
        @Decode(AnyDecoder.class) Map<String, Object> arguments,
        @Decode(InputShapeDecoder.class) List<Shape> inputShapes) {
    public BlockModelOptions {
        arguments = Collections.unmodifiableMap(new LinkedHashMap<>(arguments));
        inputShapes = List.copyOf(inputShapes);
    }
}
