package io.graft.djl.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.nn.recurrent.GRU;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.nn.transformer.BertBlock;
import ai.djl.nn.transformer.IdEmbedding;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;
import ai.djl.util.PairList;
import io.graft.djl.BlockTarget;
import io.graft.model.training.TensorKind;
import io.graft.model.tree.ModuleSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BlockTreeTest {
    private static NDManager manager;

    @BeforeAll
    static void startEngine() {
        manager = Engine.getEngine("PyTorch").newBaseManager();
    }

    @AfterAll
    static void freeMemory() {
        manager.close();
    }

    @Test
    void integersAreBuffersWhateverTheirType() {
        Parameter version = Parameter.builder()
                .setName("version")
                .setType(Parameter.Type.WEIGHT)
                .optRequiresGrad(false)
                .optArray(manager.create(1L))
                .build();
        assertEquals(TensorKind.BUFFER, BlockTensor.of("version", version).kind());
    }

    @Test
    void childrenOfASequenceAreNamedByPositionAndLambdasCount() {
        Block block = new SequentialBlock()
                .add(linear())
                .add(Activation.reluBlock())
                .add(BatchNorm.builder().build());
        BlockTree tree = tree(block, new Shape(2, 3));

        assertEquals(
                List.of("0.weight", "0.bias", "2.weight", "2.bias", "2.running_mean", "2.running_var"),
                List.copyOf(tree.tensors().keySet()));
        assertEquals(
                List.of(
                        new ModuleSpec("", "SequentialBlock", Set.of()),
                        new ModuleSpec("0", "Linear", Set.of("Linear", "01Linear")),
                        new ModuleSpec("1", "LambdaBlock", Set.of("LambdaBlock", "02LambdaBlock")),
                        new ModuleSpec("2", "BatchNorm", Set.of("BatchNorm", "03BatchNorm"))),
                tree.modules());
    }

    @Test
    void aNameThatOccursTwiceIsNoAlias() {
        BlockTree tree = tree(new SequentialBlock().add(linear()).add(linear()), new Shape(2, 3));
        assertEquals(Set.of("01Linear"), aliases(tree).get("0"));
        assertEquals(Set.of("02Linear"), aliases(tree).get("1"));
    }

    @Test
    void branchesOfAParallelBlockAreNamedByPosition() {
        Block branches = new ParallelBlock(
                outputs -> outputs.get(0),
                List.of(new SequentialBlock().add(conv()), new SequentialBlock().add(conv())));
        BlockTree tree = tree(new SequentialBlock().add(branches), new Shape(1, 3, 8, 8));
        assertEquals(
                List.of("0.0.0.weight", "0.0.0.bias", "0.1.0.weight", "0.1.0.bias"),
                List.copyOf(tree.tensors().keySet()));
    }

    @Test
    void childrenWithNamesLoseTheNumberAndKeepEverySpelling() {
        BlockTree tree =
                tree(new Parent(List.of()).with("encoder", linear()).with("decoder", linear()), new Shape(2, 3));
        assertEquals(
                List.of("encoder.weight", "encoder.bias", "decoder.weight", "decoder.bias"),
                List.copyOf(tree.tensors().keySet()));
        assertEquals(Set.of("01encoder", "0"), aliases(tree).get("encoder"));
        assertEquals(Set.of("02decoder", "1"), aliases(tree).get("decoder"));
    }

    @Test
    void childrenWithTheSameNameKeepTheNumber() {
        BlockTree tree = tree(new Parent(List.of()).with("layer", linear()).with("layer", linear()), new Shape(2, 3));
        assertEquals(Map.of("01layer", Set.of("0"), "02layer", Set.of("1")), withoutRoot(aliases(tree)));
    }

    @Test
    void aPositionThatIsAnotherChildsNameIsNoAlias() {
        BlockTree tree = tree(new Parent(List.of()).with("1", linear()).with("0", linear()), new Shape(2, 3));
        assertEquals(Map.of("1", Set.of("011"), "0", Set.of("020")), withoutRoot(aliases(tree)));
    }

    @Test
    void aChildNamedLikeAParameterKeepsTheNumber() {
        BlockTree tree = tree(new Parent(List.of("weight")).with("weight", linear()), new Shape(2, 3));
        assertEquals(
                List.of("weight", "01weight.weight", "01weight.bias"),
                List.copyOf(tree.tensors().keySet()));
    }

    @Test
    void aHundredChildrenHaveNumbersOfThreeDigits() {
        Parent block = new Parent(List.of());
        for (int i = 0; i < 100; i++) {
            block.with("layer" + i, linear());
        }
        assertEquals(
                Set.of("100layer99", "99"),
                aliases(tree(block, new Shape(2, 3))).get("layer99"));
    }

    @Test
    void anAnonymousBlockHasNoType() {
        Block anonymous = new LambdaBlock(list -> list) {};
        BlockTree tree = tree(new SequentialBlock().add(anonymous), new Shape(2, 3));
        assertEquals(new ModuleSpec("0", "", Set.of("01")), tree.modules().get(1));
    }

    @Test
    void siblingsThatCannotBeToldApartAreRefused() {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> Sibling.name(List.of(List.of("a"), List.of("a")), Set.of()));
        assertEquals("two children are named `a`", refused.getMessage());
    }

    @Test
    void normalizationAndEmbeddingParametersHavePyTorchsNamesAndDjlsAsAliases() {
        BlockTree norm = tree(LayerNorm.builder().build(), new Shape(2, 3));
        assertEquals(Set.of("gamma"), norm.tensors().get("weight").aliases());
        assertEquals(Set.of("beta"), norm.tensors().get("bias").aliases());
        BlockTree batchNorm = tree(BatchNorm.builder().build(), new Shape(2, 3));
        assertEquals(
                Set.of("runningMean"), batchNorm.tensors().get("running_mean").aliases());
        assertEquals(
                Set.of("runningVar"), batchNorm.tensors().get("running_var").aliases());
        Block embedding = new IdEmbedding.Builder()
                .setDictionarySize(7)
                .setEmbeddingSize(3)
                .build();
        assertEquals(
                Set.of("embedding"),
                tree(embedding, new Shape(1, 2)).tensors().get("weight").aliases());
    }

    @Test
    void recurrentParametersHavePyTorchsNames() {
        Block lstm = LSTM.builder().setStateSize(4).setNumLayers(2).build();
        assertEquals(
                List.of(
                        "weight_ih_l0",
                        "weight_hh_l0",
                        "bias_ih_l0",
                        "bias_hh_l0",
                        "weight_ih_l1",
                        "weight_hh_l1",
                        "bias_ih_l1",
                        "bias_hh_l1"),
                List.copyOf(tree(lstm, new Shape(1, 2, 3)).tensors().keySet()));
        Block gru = GRU.builder().setStateSize(4).setNumLayers(1).build();
        BlockTree tree = tree(gru, new Shape(1, 2, 3));
        assertEquals(
                Set.of("l_0_i2h_WEIGHT"), tree.tensors().get("weight_ih_l0").aliases());
        assertEquals("weight_hh_l3_reverse", PyTorchNames.of(gru, "r_3_h2h_WEIGHT"));
    }

    @Test
    void namesWithUnderscoresAndDigitsAreNotTakenApart() {
        Block bert = BertBlock.builder()
                .setTokenDictionarySize(11)
                .optEmbeddingSize(8)
                .optTransformerBlockCount(1)
                .optAttentionHeadCount(2)
                .optHiddenSize(16)
                .optMaxSequenceLength(4)
                .build();
        bert.initialize(manager, DataType.FLOAT32, new Shape(1, 4), new Shape(1, 4), new Shape(1, 4));
        Set<String> names = BlockTree.of(bert).tensors().keySet();
        assertEquals(29, names.size());
        assertEquals("positionEmbedding", names.iterator().next());
        assertTrue(names.contains("transformer_0.selfAttention.keyProjection.weight"));
        assertTrue(names.contains("transformer_0.outputBlock.2.bias"));
    }

    @Test
    void aBlockWithoutValuesIsRefused() {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class,
                () -> BlockTarget.of((Block) new SequentialBlock().add(linear()))
                        .draft());
        assertEquals(
                "`0.weight` has no values yet: initialize the block with its input shapes, or load its parameters, before it is"
                        + " modified",
                refused.getMessage());
    }

    private static BlockTree tree(Block block, Shape input) {
        block.initialize(manager, DataType.FLOAT32, input);
        return BlockTree.of(block);
    }

    private static Map<String, Set<String>> aliases(BlockTree tree) {
        Map<String, Set<String>> aliases = new LinkedHashMap<>();
        tree.modules().forEach(module -> aliases.put(module.path(), module.aliases()));
        return aliases;
    }

    private static Map<String, Set<String>> withoutRoot(Map<String, Set<String>> aliases) {
        aliases.remove("");
        return aliases;
    }

    private static Linear linear() {
        return Linear.builder().setUnits(3).build();
    }

    private static Conv2d conv() {
        return Conv2d.builder().setKernelShape(new Shape(1, 1)).setFilters(2).build();
    }

    /** A block of one's own with named children, each of which takes the block's input. */
    private static final class Parent extends AbstractBlock {
        Parent(List<String> parameters) {
            parameters.forEach(name -> addParameter(Parameter.builder()
                    .setName(name)
                    .setType(Parameter.Type.WEIGHT)
                    .optShape(new Shape(2))
                    .optInitializer(Initializer.ONES)
                    .build()));
        }

        Parent with(String name, Block child) {
            addChildBlock(name, child);
            return this;
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
            return inputs;
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return inputs;
        }

        @Override
        protected void initializeChildBlocks(NDManager manager, DataType dataType, Shape... inputs) {
            getChildren().values().forEach(child -> child.initialize(manager, dataType, inputs));
        }
    }
}
