package io.graft.modifiers.initializing;

import io.graft.config.Decode;
import io.graft.config.Default;
import io.graft.config.Exclusive;
import io.graft.config.NotEmpty;
import io.graft.config.decoding.InitializerDecoder;
import io.graft.model.tree.Selector;
import io.graft.tensor.Initializer;
import java.util.List;
import java.util.Optional;

/**
 * Options of the initialize modifier.
 *
 * @param tensors the modules and tensors that start anew
 * @param from a module or a tensor of the model whose values they start with, each tensor with the one of its name: decoder.global
 * @param initial how they start: zeros, ones, constant(0.5), normal(0.02), uniform(0.1), linear, kaiming-uniform, kaiming-normal,
 *     xavier-uniform or xavier-normal, as PyTorch has them; buffers keep their values
 * @param seed random values follow from it and from the tensors' names, whatever else is made
 * @param override whether tensors that an earlier modifier of the list gave values lose them, and that is reported; if not, it is an
 *     error
 */
@Exclusive({"from", "initial"})
public record InitializeOptions(
        @NotEmpty List<Selector> tensors,
        Optional<String> from,
        @Decode(InitializerDecoder.class) Optional<Initializer> initial,
        @Default("0") long seed,
        @Default("false") boolean override) {
    public InitializeOptions {
        tensors = List.copyOf(tensors);
    }
}
