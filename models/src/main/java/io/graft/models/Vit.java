package io.graft.models;

import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.nn.BlockFactory;
import io.graft.models.arguments.Arguments;
import io.graft.models.vit.VitConfig;
import io.graft.models.vit.VitModel;
import java.nio.file.Path;
import java.util.Map;

/**
 * Makes the vision transformer (Dosovitskiy et al. 2021) as transformers' {@code ViTModel} is, under the names of its checkpoints.
 *
 * <p>Takes {@code pixel_values}, [B, channels, height, width] of the configured size; gives the hidden states [B, 1 + patches, H] and, if
 * there is a pooler, its output. Its arguments are {@code config}, the model's own {@code config.json}, and the keys of that file,
 * which win over it; {@code add-pooling-layer = false} leaves the pooler out.
 */
public final class Vit implements BlockFactory {
    private static final long serialVersionUID = 1L;

    /** As a configuration makes it. */
    public Vit() {}

    /**
     * {@inheritDoc}
     *
     * @throws io.graft.djl.BlockArgumentsException if an argument is unknown or wrong
     */
    @Override
    public Block newBlock(Model model, Path folder, Map<String, ?> arguments) {
        return new VitModel(new Arguments(Vit.class, folder, arguments).bind(new VitConfig.Reader()));
    }
}
