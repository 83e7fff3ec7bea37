package io.graft.models.resnet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.graft.models.parts.ConvNorm;
import io.graft.models.parts.Hidden;
import io.graft.models.parts.Layers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A unit of a residual network (He et al. 2016, equation 2): relu(F(x) + W_s x), where F is two or three convolutions, each with
 * normalization and, but for the last one, relu. W_s is the identity, or a convolution where the shape changes.
 */
class ResidualUnit extends AbstractBlock {
    private final List<Block> convolutions = new ArrayList<>();
    private final List<Block> norms = new ArrayList<>();
    private @Nullable Block downsample;

    private ResidualUnit() {}

    /** Figure 5 left: two convolutions of 3x3. */
    static ResidualUnit basic(int inputs, int width, int stride) {
        ResidualUnit unit = new ResidualUnit();
        unit.add(ConvNorm.conv(width, 3, stride));
        unit.add(ConvNorm.conv(width, 3, 1));
        return unit.withShortcut(inputs, width, stride);
    }

    /** Figure 5 right: 1x1, 3x3, 1x1, four times as wide behind; the stride is where torchvision has it, on the 3x3. */
    static ResidualUnit bottleneck(int inputs, int width, int stride) {
        ResidualUnit unit = new ResidualUnit();
        unit.add(ConvNorm.conv(width, 1, 1));
        unit.add(ConvNorm.conv(width, 3, stride));
        unit.add(ConvNorm.conv(4 * width, 1, 1));
        return unit.withShortcut(inputs, 4 * width, stride);
    }

    private void add(Block convolution) {
        int number = convolutions.size() + 1;
        convolutions.add(addChildBlock("conv" + number, convolution));
        norms.add(addChildBlock("bn" + number, ConvNorm.norm()));
    }

    private ResidualUnit withShortcut(int inputs, int outputs, int stride) {
        if (stride != 1 || inputs != outputs) {
            downsample = addChildBlock(
                    "downsample",
                    new SequentialBlock().add(ConvNorm.conv(outputs, 1, stride)).add(ConvNorm.norm()));
        }
        return this;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        return Hidden.through(inputs, () -> {
            NDArray x = inputs.head();
            NDArray y = x;
            for (int i = 0; i < convolutions.size(); i++) {
                NDArray input = i == 0 ? y : Activation.relu(y);
                NDArray convolved = Layers.apply(convolutions.get(i), store, input, training);
                y = Layers.apply(norms.get(i), store, convolved, training);
            }
            NDArray shortcut = downsample == null ? x : Layers.apply(downsample, store, x, training);
            return Activation.relu(Layers.sum(y, shortcut, training));
        });
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        Shape[] shapes = inputs;
        for (Block convolution : convolutions) {
            shapes = convolution.getOutputShapes(shapes);
        }
        return shapes;
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        Shape[] shapes = inputs;
        for (int i = 0; i < convolutions.size(); i++) {
            convolutions.get(i).initialize(manager, type, shapes);
            shapes = convolutions.get(i).getOutputShapes(shapes);
            norms.get(i).initialize(manager, type, shapes);
        }
        if (downsample != null) {
            downsample.initialize(manager, type, inputs);
        }
    }
}
