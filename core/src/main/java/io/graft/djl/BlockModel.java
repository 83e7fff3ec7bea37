package io.graft.djl;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.nn.BlockFactory;
import io.graft.djl.array.EngineArrays;
import io.graft.djl.array.Shapes;
import io.graft.djl.forward.BlockModelException;
import io.graft.djl.run.PyTorchEngine;
import io.graft.extension.ClassLookup;
import io.graft.extension.ExtensionLoader;
import io.graft.extension.Thrown;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A native block that a factory made, in a DJL model of its own, with its engine started. Closing it frees the native memory.
 *
 * <p>Starting the engine switches DJL's telemetry and downloads off, unless {@code ai.djl.offline} or {@code OPT_OUT_TRACKING}
 * is set. Values that nothing else provides are random; they repeat from run to run.
 */
public final class BlockModel implements AutoCloseable {
    private static final int SEED = 0;
    private static final String ARGUMENTS = "arguments";

    private final Model model;

    private BlockModel(Model model) {
        this.model = model;
    }

    /**
     * Makes and initializes a block.
     *
     * @param loader where the factory's class is looked for
     * @throws BlockModelException if the engine is missing, or the block cannot be made
     */
    public static BlockModel open(BlockSource source, ClassLoader loader) {
        Engine engine = PyTorchEngine.start();
        BlockFactory factory = factory(source.factory(), loader);
        Model model = Model.newInstance(source.factory(), engine.getEngineName());
        try {
            engine.setRandomSeed(SEED);
            Block block = make(source, factory, model);
            model.setBlock(block);
            initialize(source, block, model.getNDManager());
            return new BlockModel(model);
        } catch (Throwable failure) {
            model.close();
            throw failure;
        }
    }

    /** The block as a target of plans, which is run by its forward. */
    public BlockTarget target() {
        return BlockTarget.of(model);
    }

    /** The DJL model that owns the block. */
    public Model model() {
        return model;
    }

    @Override
    public void close() {
        model.close();
    }

    static BlockFactory factory(String name, ClassLoader loader) {
        try {
            Class<?> type = factoryType(name, loader);
            if (!BlockFactory.class.isAssignableFrom(type)) {
                throw badFactory(
                        "`" + name + "` is not a block factory",
                        "implement ai.djl.nn.BlockFactory in it, or name another class",
                        null);
            }
            return (BlockFactory) type.getConstructor().newInstance();
        } catch (ReflectiveOperationException | LinkageError unusable) {
            throw badFactory(
                    "`" + name + "` cannot be instantiated: " + Thrown.sentence(Thrown.root(unusable)),
                    "give it a public constructor without parameters",
                    unusable);
        }
    }

    private static Class<?> factoryType(String name, ClassLoader loader) {
        List<Class<?>> types = ClassLookup.find(name, loader);
        if (types.isEmpty()) {
            throw badFactory(
                    "no class `" + name + "` on the class path",
                    "check the name (a nested class is written Outer$Inner), or add its jar to the extensions",
                    null);
        }
        if (types.size() > 1) {
            String origins = types.stream().map(ClassLookup::origin).collect(Collectors.joining(" and in "));
            throw badFactory("`" + name + "` is in " + origins, "keep one of them among the extensions", null);
        }
        return types.get(0);
    }

    static Block make(BlockSource source, BlockFactory factory, Model model) {
        Block block;
        try {
            block = ExtensionLoader.around(
                    factory.getClass(), () -> factory.newBlock(model, source.folder(), source.arguments()));
        } catch (BlockArgumentsException refused) {
            throw new BlockModelException(
                    refused.problems().stream().map(BlockModel::amongArguments).toList(), refused);
        } catch (Exception | LinkageError | StackOverflowError | AssertionError failure) {
            throw new BlockModelException(
                    ProblemCode.MALFORMED_VALUE,
                    ARGUMENTS,
                    "`" + source.factory() + "` made no block: " + Thrown.sentence(Thrown.root(failure)),
                    "check the arguments that it needs",
                    failure);
        }
        requireNew(source, block);
        return block;
    }

    private static void requireNew(BlockSource source, @Nullable Block block) {
        if (block == null) {
            throw badFactory("`" + source.factory() + "` made no block: it returned null", "let it return one", null);
        }
        boolean used = block.getParameters().values().stream()
                .anyMatch(parameter -> parameter.isInitialized() && EngineArrays.isReleased(parameter.getArray()));
        if (used) {
            throw badFactory(
                    "`" + source.factory() + "` returned a block again whose values went with an earlier model",
                    "let it make a new block each time",
                    null);
        }
    }

    private static Problem amongArguments(Problem problem) {
        String key = problem.path().isEmpty() ? ARGUMENTS : ARGUMENTS + "." + problem.path();
        return new Problem(
                problem.code(),
                problem.severity(),
                key,
                Optional.empty(),
                problem.message(),
                List.of(),
                problem.help());
    }

    static void initialize(BlockSource source, Block block, NDManager manager) {
        ai.djl.ndarray.types.Shape[] shapes =
                source.inputShapes().stream().map(Shapes::engine).toArray(ai.djl.ndarray.types.Shape[]::new);
        try {
            block.initialize(manager, DataType.FLOAT32, shapes);
        } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError failure) {
            throw new BlockModelException(
                    ProblemCode.MALFORMED_VALUE,
                    "input-shapes",
                    "the block cannot be initialized with " + source.inputShapes() + ": "
                            + Thrown.sentence(Thrown.root(failure)),
                    "give one shape for each input, with the batch dimension: [[1, 3, 224, 224]]",
                    failure);
        }
    }

    static BlockModelException badFactory(String detail, String help, @Nullable Throwable cause) {
        return new BlockModelException(ProblemCode.MALFORMED_VALUE, "block-factory", detail, help, cause);
    }
}
