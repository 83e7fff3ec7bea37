package io.graft.models;

import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.nn.BlockFactory;
import io.graft.models.arguments.Arguments;
import io.graft.models.resnet.ResNetConfig;
import io.graft.models.resnet.ResNetModel;
import java.nio.file.Path;
import java.util.Map;

/**
 * Makes a residual network (He et al. 2016) as torchvision's {@code resnet18} to {@code resnet152} are, with the stride on the 3x3
 * convolution.
 *
 * <p>Takes images, [B, channels, height, width], and gives one number for each class, [B, classes]. Its arguments are {@code layers}, which
 * is 18, 34, 50, 101 or 152, {@code num-classes}, {@code num-channels} of an image, and {@code width} of the first stage.
 */
public final class ResNet implements BlockFactory {
    private static final long serialVersionUID = 1L;

    /** As a configuration makes it. */
    public ResNet() {}

    /**
     * {@inheritDoc}
     *
     * @throws io.graft.djl.BlockArgumentsException if an argument is unknown or wrong
     */
    @Override
    public Block newBlock(Model model, Path folder, Map<String, ?> arguments) {
        return new ResNetModel(new Arguments(ResNet.class, folder, arguments).bind(new ResNetConfig.Reader()));
    }
}
