package io.graft.djl.modified;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.ParameterList;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.graft.djl.array.EngineArrays;
import io.graft.problem.FirstFew;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.expression.Expression;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A block whose parameters are computed by parametrizations: it runs the block that it wraps, whose layers ask for their weights and
 * get the computed ones. What the parametrizations own are its own parameters, so that DJL's trainer finds and updates them.
 */
public final class ModifiedBlock extends AbstractBlock {
    private final Block base;
    private final NDManager manager;
    private final LiveStacks stacks = new LiveStacks();
    private final IdentityHashMap<LazyTensor, NDArray> constants = new IdentityHashMap<>();
    private final List<FoldedBlock> folded = new ArrayList<>();
    private volatile Map<String, Parameter> owned = Map.of();

    /**
     * @param manager for what the parametrizations own, and for what is computed of them
     */
    public ModifiedBlock(Block base, NDManager manager) {
        this.base = addChildBlock("base", base);
        this.manager = manager;
    }

    /**
     * A modified block itself; any other one wrapped, with nothing on it yet.
     *
     * @throws IllegalArgumentException if the block has no parameters
     */
    public static ModifiedBlock of(Block block) {
        return block instanceof ModifiedBlock modified
                ? modified
                : new ModifiedBlock(
                        block,
                        block.getParameters().valueAt(0).getArray().getManager().newSubManager());
    }

    /** The block that a modified one wraps; any other one itself. */
    public static Block unwrapped(Block block) {
        return block instanceof ModifiedBlock modified ? modified.base : block;
    }

    /** The block without parametrizations. */
    public Block base() {
        return base;
    }

    public NDManager manager() {
        return manager;
    }

    /** What the parametrizations own, by canonical name. */
    public Map<String, Parameter> owned() {
        return owned;
    }

    public Map<Parameter, ParametrizationStack> stacks() {
        return stacks.now();
    }

    /** Gives it other parametrizations, which the next forward sees. */
    public void install(Map<Parameter, ParametrizationStack> now, Map<String, Parameter> nowOwned) {
        owned = new LinkedHashMap<>(nowOwned);
        stacks.set(Map.copyOf(now));
    }

    /** Makes adapters active, each with its weight, and every other one inactive. */
    public void activate(Map<String, Double> weights) {
        Map<Parameter, ParametrizationStack> now = new LinkedHashMap<>();
        stacks.now().forEach((parameter, stack) -> now.put(parameter, stack.weighted(weights)));
        stacks.set(Map.copyOf(now));
    }

    /** Forgets weights that were computed for inference. */
    public void invalidate() {
        stacks.drop();
    }

    public long cachedBytes() {
        return stacks.cachedBytes();
    }

    /** A stored tensor as an array, which is read once. */
    NDArray constant(Expression.Stored stored) {
        synchronized (constants) {
            return constants.computeIfAbsent(stored.value(), this::read);
        }
    }

    private NDArray read(LazyTensor value) {
        try {
            return EngineArrays.create(manager, value);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The block as it computes now, for inference alone. */
    public Block folded() {
        FoldedBlock made = FoldedBlock.of(this);
        synchronized (folded) {
            folded.add(made);
        }
        return made;
    }

    public void close() {
        synchronized (folded) {
            folded.forEach(FoldedBlock::clear);
            folded.clear();
        }
        stacks.drop();
        manager.close();
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        return run(store, inputs, training, weights -> base.forward(weights, inputs, training, params));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList data, NDList labels, PairList<String, Object> params) {
        return run(store, data, true, weights -> base.forward(weights, data, labels, params));
    }

    private NDList run(
            ParameterStore store, NDList inputs, boolean training, Function<ParameterStore, NDList> forward) {
        if (!manager.isOpen()) {
            throw new IllegalStateException("the modified model was closed");
        }
        NDManager caller = inputs.isEmpty() ? store.getManager() : inputs.head().getManager();
        try (NDManager scope = caller.newSubManager();
                LiveStacks.Use use = stacks.begin(training)) {
            WeightStore weights = new WeightStore(store, use, this::constant, scope, training);
            NDList outputs = forward.apply(weights);
            List<String> ignored = weights.ignored();
            if (!ignored.isEmpty()) {
                throw new IgnoredParametrizationException(base.getClass().getSimpleName(), FirstFew.names(ignored));
            }
            for (NDArray output : outputs) {
                if (output.getManager() == scope) {
                    output.attach(caller);
                }
            }
            if (!training) {
                use.keep(weights.computed(), manager);
            }
            return outputs;
        }
    }

    /** Integers are never offered to an optimizer. */
    @Override
    public ParameterList getDirectParameters() {
        ParameterList parameters = new ParameterList();
        owned.forEach((name, parameter) -> {
            if (parameter.isInitialized() && parameter.getArray().getDataType().isFloating()) {
                parameters.add(name, parameter);
            }
        });
        return parameters;
    }

    @Override
    public boolean isInitialized() {
        return base.isInitialized();
    }

    @Override
    protected void initializeChildBlocks(NDManager to, DataType dataType, Shape... inputs) {
        base.initialize(to, dataType, inputs);
    }

    @Override
    public PairList<String, Shape> describeInput() {
        return base.describeInput();
    }

    @Override
    public Shape[] getInputShapes() {
        return base.getInputShapes();
    }

    @Override
    public DataType[] getOutputDataTypes() {
        return base.getOutputDataTypes();
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return base.getOutputShapes(inputs);
    }

    @Override
    public Map<String, String> getCustomMetadata() {
        return base.getCustomMetadata();
    }

    /** The wrapped block's file, with what the parametrizations own at its end: the order of the state dict. */
    @Override
    public void saveParameters(DataOutputStream out) throws IOException {
        base.saveParameters(out);
        for (Parameter parameter : owned.values()) {
            parameter.save(out);
        }
    }

    @Override
    public void loadParameters(NDManager to, DataInputStream in) throws IOException, MalformedModelException {
        base.loadParameters(to, in);
        for (Parameter parameter : owned.values()) {
            parameter.load(manager, in);
        }
        invalidate();
    }
}
