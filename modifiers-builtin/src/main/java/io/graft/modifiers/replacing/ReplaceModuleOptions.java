package io.graft.modifiers.replacing;

import io.graft.config.Decode;
import io.graft.config.Default;
import io.graft.config.Exclusive;
import io.graft.config.NotBlank;
import io.graft.config.Requires;
import io.graft.config.decoding.AnyDecoder;
import io.graft.tensor.Shape;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Options of the replace-module modifier.
 *
 * @param module dotted path of the module: decoder, processor.3
 * @param add whether the module is new: the model must not have it, and must have the module around it
 * @param blockFactory a class on the class path or among the extensions that implements ai.djl.nn.BlockFactory, and makes the module
 * @param arguments what the factory is given
 * @param inputShapes one shape for each input of the module, batch dimension included: [[1, 768]]
 * @param tensors in place of a factory, the module's tensors by their names in it. That is enough for files; a live model takes the
 *     weight and bias of a Linear
 * @param seed random values follow from it and from the names, whatever else is made
 */
@Exclusive({"block-factory", "tensors"})
@Requires(key = "arguments", with = "block-factory")
@Requires(key = "input-shapes", with = "block-factory")
@Requires(key = "block-factory", with = "input-shapes")
public record ReplaceModuleOptions(
        @NotBlank String module,
        @Default("false") boolean add,
        Optional<String> blockFactory,
        @Decode(AnyDecoder.class) Map<String, Object> arguments,
        List<Shape> inputShapes,
        Map<String, NewTensor> tensors,
        @Default("0") long seed) {
    public ReplaceModuleOptions {
        arguments = Collections.unmodifiableMap(new LinkedHashMap<>(arguments));
        inputShapes = List.copyOf(inputShapes);
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }
}
