package io.graft.examples;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.BlockFactory;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;
import ai.djl.util.PairList;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The shape of a weather model: an encoder and a decoder for each data set, a processor that they share, normalization, and the
 * grid's coordinates as a buffer. Takes rows of features [N, inputs], gives [N, outputs].
 */
public final class EncoderProcessorDecoder extends AbstractBlock {
    private final NamedBlocks encoder;
    private final NamedBlocks processor;
    private final Block norm;
    private final NamedBlocks decoder;
    private final String dataset;
    private final int width;

    /**
     * @param dataset the data set that the forward pass encodes and decodes
     */
    EncoderProcessorDecoder(List<String> datasets, String dataset, int width, int outputs, int layers) {
        this.dataset = dataset;
        this.width = width;
        Parameter latlons = Parameter.builder()
                .setName("latlons")
                .setType(Parameter.Type.OTHER)
                .optRequiresGrad(false)
                .optInitializer(Initializer.ZEROS)
                .optShape(new Shape(5, 4))
                .build();
        addParameter(latlons);
        encoder = addChildBlock("encoder", linears(datasets, width));
        Map<String, Block> blocks = new LinkedHashMap<>();
        for (int i = 0; i < layers; i++) {
            blocks.put(String.valueOf(i), new ProcessorBlock(width));
        }
        processor = addChildBlock("processor", new NamedBlocks(blocks));
        norm = addChildBlock("norm", BatchNorm.builder().build());
        decoder = addChildBlock("decoder", linears(datasets, outputs));
    }

    private static NamedBlocks linears(List<String> datasets, int units) {
        Map<String, Block> blocks = new LinkedHashMap<>();
        datasets.forEach(
                name -> blocks.put(name, Linear.builder().setUnits(units).build()));
        return new NamedBlocks(blocks);
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        NDList x = encoder.get(dataset).forward(store, inputs, training);
        for (Block block : processor.all()) {
            x = block.forward(store, x, training);
        }
        return decoder.get(dataset).forward(store, norm.forward(store, x, training), training);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return decoder.get(dataset).getOutputShapes(new Shape[] {hidden(inputs)});
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType dataType, Shape... inputs) {
        encoder.initialize(manager, dataType, inputs);
        processor.initialize(manager, dataType, hidden(inputs));
        norm.initialize(manager, dataType, hidden(inputs));
        decoder.initialize(manager, dataType, hidden(inputs));
    }

    private Shape hidden(Shape[] inputs) {
        return new Shape(inputs[0].get(0), width);
    }

    /** Makes the network; its arguments are {@code datasets}, {@code dataset}, {@code width}, {@code outputs}, {@code layers}. */
    public static final class Factory implements BlockFactory {
        private static final long serialVersionUID = 1L;

        /** As a configuration makes it. */
        public Factory() {}

        @Override
        public Block newBlock(Model model, Path folder, Map<String, ?> arguments) {
            List<String> datasets = new ArrayList<>();
            if (arguments.get("datasets") instanceof List<?> names) {
                names.forEach(name -> datasets.add(name.toString()));
            } else {
                datasets.add("data");
            }
            Object dataset = arguments.get("dataset");
            return new EncoderProcessorDecoder(
                    datasets,
                    dataset == null ? datasets.get(0) : dataset.toString(),
                    number(arguments, "width", 16),
                    number(arguments, "outputs", 4),
                    number(arguments, "layers", 3));
        }

        private static int number(Map<String, ?> arguments, String name, int otherwise) {
            return arguments.get(name) instanceof Number number ? number.intValue() : otherwise;
        }
    }

    /** Blocks under names, as PyTorch's ModuleDict and ModuleList: the parent decides how they run. */
    private static final class NamedBlocks extends AbstractBlock {
        private final Map<String, Block> blocks;

        NamedBlocks(Map<String, Block> blocks) {
            this.blocks = blocks;
            blocks.forEach(this::addChildBlock);
        }

        Block get(String name) {
            return blocks.get(name);
        }

        Iterable<Block> all() {
            return blocks.values();
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
            throw new UnsupportedOperationException("the parent runs these blocks");
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return inputs;
        }

        @Override
        protected void initializeChildBlocks(NDManager manager, DataType dataType, Shape... inputs) {
            blocks.values().forEach(block -> block.initialize(manager, dataType, inputs));
        }
    }

    /** One layer of the processor: a gated multilayer perceptron with a residual connection. */
    private static final class ProcessorBlock extends AbstractBlock {
        private final Block layerNorm;
        private final Block query;
        private final Block value;
        private final Block mlp;

        ProcessorBlock(int width) {
            layerNorm = addChildBlock("layer_norm", LayerNorm.builder().build());
            query = addChildBlock("query", Linear.builder().setUnits(width).build());
            value = addChildBlock("value", Linear.builder().setUnits(width).build());
            mlp = addChildBlock(
                    "mlp",
                    new SequentialBlock()
                            .add(Linear.builder().setUnits(2L * width).build())
                            .add(Activation.geluBlock())
                            .add(Linear.builder().setUnits(width).build()));
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
            NDArray x = inputs.singletonOrThrow();
            NDList h = layerNorm.forward(store, inputs, training);
            NDArray gate = Activation.sigmoid(query.forward(store, h, training).singletonOrThrow());
            NDArray gated = gate.mul(value.forward(store, h, training).singletonOrThrow());
            return new NDList(
                    x.add(mlp.forward(store, new NDList(gated), training).singletonOrThrow()));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return inputs;
        }

        @Override
        protected void initializeChildBlocks(NDManager manager, DataType dataType, Shape... inputs) {
            layerNorm.initialize(manager, dataType, inputs);
            query.initialize(manager, dataType, inputs);
            value.initialize(manager, dataType, inputs);
            mlp.initialize(manager, dataType, inputs);
        }
    }
}
