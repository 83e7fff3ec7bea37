package io.graft.djl.tree;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.BlockList;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.ParameterList;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Convolution;
import ai.djl.util.Pair;
import io.graft.djl.array.EngineArrays;
import io.graft.djl.modified.ExchangedLayer;
import io.graft.djl.modified.ModifiedBlock;
import io.graft.djl.swap.StillBlocks;
import io.graft.model.DraftTensor;
import io.graft.model.training.TensorKind;
import io.graft.model.tree.ModuleSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A block's modules and parameters under their canonical names, found by walking the children. DJL's flat keys are never parsed:
 * their separator occurs inside names.
 */
public final class BlockTree {
    private final List<ModuleSpec> modules = new ArrayList<>();
    private final Map<String, DraftTensor> tensors = new LinkedHashMap<>();
    private final Map<String, Block> blocks = new LinkedHashMap<>();

    private BlockTree() {}

    /**
     * @throws IllegalArgumentException if a parameter has no values yet
     */
    public static BlockTree of(Block root) {
        BlockTree tree = new BlockTree();
        tree.visit("", Set.of(), ModifiedBlock.unwrapped(root));
        if (root instanceof ModifiedBlock modified) {
            LiveParametrizations.of(modified).addTo(tree.tensors);
        }
        return tree;
    }

    /** Every block, the root first, depth first. */
    public List<ModuleSpec> modules() {
        return modules;
    }

    /** Every parameter, each block's own before its children's; the base of each is a {@link BlockTensor}. */
    public Map<String, DraftTensor> tensors() {
        return tensors;
    }

    /** Every block by its path; one that stands in several places has several. */
    public Map<String, Block> blocks() {
        return blocks;
    }

    private void visit(String path, Set<String> aliases, Block block) {
        modules.add(new ModuleSpec(path, type(block), aliases, groups(block)));
        blocks.put(path, block);
        String prefix = path.isEmpty() ? "" : path + ".";
        ParameterList parameters = block.getDirectParameters();
        List<Sibling> leaves = Sibling.name(
                parameters.keys().stream()
                        .map(own -> List.of(PyTorchNames.of(block, own), own))
                        .toList(),
                Set.of());
        for (int i = 0; i < leaves.size(); i++) {
            add(prefix + leaves.get(i).name(), leaves.get(i).aliases(), parameters.valueAt(i));
        }
        BlockList blocks = block.getChildren();
        List<Sibling> children = Sibling.name(
                childSpellings(block, blocks),
                leaves.stream().map(Sibling::name).collect(Collectors.toSet()));
        for (int i = 0; i < children.size(); i++) {
            visit(prefix + children.get(i).name(), children.get(i).aliases(), blocks.valueAt(i));
        }
    }

    /** DJL does not tell; how many channels a convolution gets, and how many each of its filters sees, do. */
    private static OptionalInt groups(Block block) {
        Shape[] inputs = block instanceof Convolution && block.isInitialized() ? block.getInputShapes() : null;
        if (inputs == null || inputs.length == 0 || inputs[0].dimension() < 2) {
            return OptionalInt.empty();
        }
        long channels = inputs[0].get(1);
        long seen = block.getDirectParameters().get("weight").getShape().get(1);
        return seen > 0 && channels > 0 && channels % seen == 0
                ? OptionalInt.of(Math.toIntExact(channels / seen))
                : OptionalInt.empty();
    }

    private void add(String name, Set<String> aliases, Parameter parameter) {
        tensors.put(name, draft(name, aliases, parameter));
    }

    /** A parameter as a tensor. */
    static DraftTensor draft(String name, Set<String> aliases, Parameter parameter) {
        if (!parameter.isInitialized()) {
            throw new IllegalArgumentException(
                    "`" + name + "` has no values yet: initialize the block with its input shapes,"
                            + " or load its parameters, before it is modified");
        }
        BlockTensor tensor = tensor(name, parameter);
        boolean trainable = tensor.kind() == TensorKind.PARAMETER && parameter.requiresGradient();
        return DraftTensor.initial(name, aliases, tensor.kind(), trainable, tensor);
    }

    private static BlockTensor tensor(String name, Parameter parameter) {
        if (EngineArrays.isReleased(parameter.getArray())) {
            throw new IllegalArgumentException(
                    "`" + name + "` was closed, with the model or the manager that made it: open the model again before"
                            + " it is modified");
        }
        if (parameter.getArray().getDataType() == DataType.UNKNOWN) {
            throw new IllegalArgumentException(
                    "`" + name + "` is of a type that DJL has no name for, as it has none for bfloat16, so that its"
                            + " values cannot be read: give the block arrays of float32 before it is modified");
        }
        return BlockTensor.of(name, parameter);
    }

    private static String type(Block block) {
        Class<?> type = block instanceof ExchangedLayer layer ? layer.standsFor() : StillBlocks.type(block);
        return type.getSimpleName();
    }

    private static List<List<String>> childSpellings(Block block, BlockList children) {
        boolean list = block instanceof SequentialBlock || block instanceof ParallelBlock;
        List<List<String>> spellings = new ArrayList<>();
        for (Pair<String, Block> child : children) {
            int index = spellings.size();
            String own = child.getKey();
            String bare = withoutNumber(own, index);
            String position = String.valueOf(index);
            spellings.add(list ? List.of(position, bare, own) : List.of(bare, own, position));
        }
        return spellings;
    }

    /** DJL puts the count of children, from 1 and with two digits at least, before each name that is added. */
    private static String withoutNumber(String own, int index) {
        String number = (index < 9 ? "0" : "") + (index + 1);
        return own.startsWith(number) ? own.substring(number.length()) : own;
    }
}
