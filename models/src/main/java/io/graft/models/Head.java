package io.graft.models;

import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.nn.BlockFactory;
import io.graft.models.arguments.Arguments;
import io.graft.models.head.HeadConfig;
import io.graft.models.head.HeadModel;
import java.nio.file.Path;
import java.util.Map;

/**
 * Makes the last layer of a model alone, under the name that it has there, to be trained on features of the frozen rest. What was trained
 * so loads into the whole model name by name.
 *
 * <p>Takes features, [B, inputs], and gives {@code logits}, [B, outputs]. Its arguments are {@code inputs}, {@code outputs}, {@code name} of
 * the layer, {@code dropout} of the features in training, and {@code initializer-range}.
 */
public final class Head implements BlockFactory {
    private static final long serialVersionUID = 1L;

    /** As a configuration makes it. */
    public Head() {}

    /**
     * {@inheritDoc}
     *
     * @throws io.graft.djl.BlockArgumentsException if an argument is unknown or wrong
     */
    @Override
    public Block newBlock(Model model, Path folder, Map<String, ?> arguments) {
        return new HeadModel(new Arguments(Head.class, folder, arguments).bind(new HeadConfig.Reader()));
    }
}
