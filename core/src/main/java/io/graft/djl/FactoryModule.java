package io.graft.djl;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.initializer.Initializer;
import ai.djl.util.Pair;
import io.graft.djl.array.LiveTensorData;
import io.graft.djl.commit.BlockMaker;
import io.graft.djl.forward.BlockModelException;
import io.graft.djl.run.PyTorchEngine;
import io.graft.djl.tree.BlockTensor;
import io.graft.djl.tree.BlockTree;
import io.graft.model.DraftTensor;
import io.graft.model.modules.ModuleTensor;
import io.graft.model.training.TensorKind;
import io.graft.model.tree.ModuleSpec;
import io.graft.problem.FirstFew;
import io.graft.tensor.ComputedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Modules that a block factory makes. Values that the factory gives stay; where an initializer gives them, it starts from the seed and
 * from where the tensor stands, so that they repeat. The engine's random numbers go on from there.
 */
// The interface is for the commit alone; others see a source of modules.
@SuppressWarnings("exports")
public final class FactoryModule implements BlockMaker {
    private final BlockSource source;
    private final long seed;
    private final ClassLoader loader;
    private final Class<? extends Block> type;
    private final List<ModuleSpec> modules;
    private final List<Described> described;
    private final Map<String, List<ModuleTensor>> byPath = new ConcurrentHashMap<>();

    private record Described(String name, TensorKind kind, DType dtype, Shape shape) {
        @Override
        public String toString() {
            return "`" + name + "` " + dtype + " " + shape;
        }
    }

    private FactoryModule(BlockSource source, long seed, ClassLoader loader, Block made) {
        this.source = source;
        this.seed = seed;
        this.loader = loader;
        this.type = made.getClass();
        BlockTree tree = BlockTree.of(made);
        this.modules = List.copyOf(tree.modules());
        this.described = described(tree);
        requireUntied(tree);
    }

    /**
     * Makes a module once, to learn what it has, and gives it up again. The engine is started.
     *
     * @param loader where the factory's class is looked for
     * @throws BlockModelException if the engine is missing, or the module cannot be made
     */
    public static FactoryModule of(BlockSource source, long seed, ClassLoader loader) {
        try (NDManager manager = PyTorchEngine.start().newBaseManager()) {
            return new FactoryModule(source, seed, loader, make(source, seed, loader, manager, ""));
        }
    }

    private static List<Described> described(BlockTree tree) {
        return tree.tensors().values().stream()
                .map(tensor -> new Described(tensor.name(), tensor.kind(), tensor.dtype(), tensor.shape()))
                .toList();
    }

    /** A plan has told what comes, and places and values are counted on. */
    private BlockTree requireAsDescribed(Block made) {
        BlockTree tree = BlockTree.of(made);
        List<Described> now = described(tree);
        if (!now.equals(described)) {
            throw BlockModel.badFactory(
                    "`" + source.factory() + "` made a module with " + names(now) + ", and one with " + names(described)
                            + " before",
                    "let it make the same each time that it gets the same arguments",
                    null);
        }
        return tree;
    }

    private static String names(List<Described> tensors) {
        return FirstFew.of(tensors.stream().map(Described::toString).toList(), 4);
    }

    private void requireUntied(BlockTree tree) {
        Map<Object, String> names = new HashMap<>();
        for (DraftTensor tensor : tree.tensors().values()) {
            String other = names.putIfAbsent(tensor.base().storage().orElseThrow(), tensor.name());
            if (other != null) {
                throw BlockModel.badFactory(
                        "`" + source.factory() + "` makes a module in which `" + other + "` and `" + tensor.name()
                                + "` are one parameter",
                        "give each a parameter of its own, or make the whole model with the module in it",
                        null);
            }
        }
    }

    @Override
    public String description() {
        return source.factory();
    }

    @Override
    public List<ModuleSpec> modules() {
        return modules;
    }

    @Override
    public Class<? extends Block> blockType() {
        return type;
    }

    @Override
    public List<ModuleTensor> tensors(String path) {
        return byPath.computeIfAbsent(path, this::valued);
    }

    private List<ModuleTensor> valued(String path) {
        String operation = "made by " + source.factory() + ", seed " + seed;
        List<ComputedTensor> values = LazyTensors.joint(
                List.of(),
                described.stream()
                        .map(each -> new LazyTensors.Output(operation, each.dtype(), each.shape()))
                        .toList(),
                () -> values(path));
        List<ModuleTensor> tensors = new ArrayList<>();
        for (int i = 0; i < described.size(); i++) {
            tensors.add(
                    new ModuleTensor(described.get(i).name(), described.get(i).kind(), values.get(i)));
        }
        return tensors;
    }

    private List<TensorData> values(String path) {
        try (NDManager manager = PyTorchEngine.start().newBaseManager()) {
            Map<String, DraftTensor> made = requireAsDescribed(make(source, seed, loader, manager, path))
                    .tensors();
            return described.stream()
                    .map(each -> copy(((BlockTensor) made.get(each.name()).base()).parameter()))
                    .toList();
        }
    }

    private static TensorData copy(Parameter parameter) {
        LiveTensorData live = new LiveTensorData(parameter.getArray());
        return TensorData.of(live.window(0, Math.toIntExact(live.byteCount())));
    }

    @Override
    public Block make(NDManager manager, String path) {
        Block made = make(source, seed, loader, manager, path);
        requireAsDescribed(made);
        return made;
    }

    private static Block make(BlockSource source, long seed, ClassLoader loader, NDManager manager, String path) {
        Engine engine = PyTorchEngine.start();
        Model model = Model.newInstance(source.factory(), manager.getDevice(), engine.getEngineName());
        // What the factory makes beside parameters lives as long as they do.
        manager.attachInternal(UUID.randomUUID().toString(), model);
        Block block = BlockModel.make(source, BlockModel.factory(source.factory(), loader), model);
        Seeding seeding = new Seeding(engine, seed);
        seeding.visit(block, path);
        engine.setRandomSeed(seeding.of(path));
        BlockModel.initialize(source, block, manager);
        seeding.end();
        return block;
    }

    /** Lets each initializer start from the place of its tensor. */
    private static final class Seeding {
        private final Engine engine;
        private final long seed;
        private final Map<Parameter, Initializer> own = new HashMap<>();

        Seeding(Engine engine, long seed) {
            this.engine = engine;
            this.seed = seed;
        }

        void visit(Block block, String path) {
            for (Pair<String, Parameter> pair : block.getDirectParameters()) {
                Parameter parameter = pair.getValue();
                Initializer initializer = parameter.getInitializer();
                if (!parameter.isInitialized()
                        && initializer != null
                        && own.putIfAbsent(parameter, initializer) == null) {
                    String name = path + "/" + pair.getKey();
                    parameter.setInitializer((manager, shape, type) -> {
                        engine.setRandomSeed(of(name));
                        return initializer.initialize(manager, shape, type);
                    });
                }
            }
            for (Pair<String, Block> child : block.getChildren()) {
                visit(child.getValue(), path + "/" + child.getKey());
            }
        }

        int of(String name) {
            return 31 * Long.hashCode(seed) + name.hashCode();
        }

        void end() {
            own.forEach(Parameter::setInitializer);
        }
    }
}
