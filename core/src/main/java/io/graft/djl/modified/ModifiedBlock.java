package io.graft.djl.modified;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.BlockList;
import ai.djl.nn.Parameter;
import ai.djl.nn.ParameterList;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.graft.tensor.expression.Expression;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A block whose parameters are computed by parametrizations: it runs the block that it wraps, whose layers ask for their weights and
 * get the computed ones. What the parametrizations own are its own parameters, so that DJL's trainer finds and updates them.
 */
public final class ModifiedBlock extends AbstractBlock {
    private final Block base;
    private final NDManager manager;
    private final LiveForward live;
    private final List<FoldedBlock> folded = new ArrayList<>();
    private volatile Map<String, Parameter> owned = Map.of();
    private volatile Set<Parameter> held = Set.of();
    private volatile boolean still;

    /**
     * @param manager for what the parametrizations own, and for what is computed of them
     */
    public ModifiedBlock(Block base, NDManager manager) {
        this.base = base;
        this.manager = manager;
        this.live = new LiveForward(base, manager);
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
        return live.stacks().now();
    }

    /** Gives it other parametrizations, which the next forward sees. */
    public void install(Map<Parameter, ParametrizationStack> now, Map<String, Parameter> nowOwned) {
        owned = new LinkedHashMap<>(nowOwned);
        live.install(now);
    }

    /** Frees what is owned no more, once no forward that began with it is under way. */
    public void free(List<Parameter> dropped) {
        live.stacks().free(dropped);
    }

    /** The names of the adapters, in the order in which they stand on the block. */
    public Set<String> adapters() {
        return live.stacks().now().values().stream()
                .flatMap(stack -> stack.layers().stream())
                .map(layer -> layer.applied().adapter())
                .filter(adapter -> !adapter.isEmpty())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Makes adapters active, each with its weight, and every other one inactive. */
    public void activate(Map<String, Double> weights) {
        Map<Parameter, ParametrizationStack> now = new LinkedHashMap<>();
        live.stacks().now().forEach((parameter, stack) -> now.put(parameter, stack.weighted(weights)));
        live.stacks().set(now);
    }

    /** Gives adapters the weights back that they were installed with. */
    public void activateAgain(Map<Parameter, ParametrizationStack> installed) {
        live.stacks().set(installed);
    }

    /** Whether it computes as in inference while it is trained, because nothing in it is trained. */
    public boolean standsStill() {
        return still;
    }

    public void standStill(boolean now) {
        still = now;
    }

    /** Keeps what is frozen now from being trained when DJL makes a trainer for a model that was loaded. */
    public void holdFrozen() {
        held = getParameters().values().stream()
                .filter(parameter -> !parameter.requiresGradient())
                .collect(Collectors.toSet());
    }

    /**
     * {@inheritDoc} DJL's engine does it with every parameter of a model that was loaded; those that were frozen by a plan stay so,
     * unless anybody else asks for it.
     */
    @Override
    public void freezeParameters(boolean freeze, Predicate<Parameter> chosen) {
        boolean engine = chosen.getClass().getName().startsWith("ai.djl.");
        super.freezeParameters(freeze, engine && !freeze ? chosen.and(parameter -> !held.contains(parameter)) : chosen);
    }

    /** Forgets weights that were computed for inference, and what kernels need. */
    public void invalidate() {
        live.forget();
    }

    /** Forgets weights that were computed for inference. */
    public void forgetWeights() {
        live.stacks().drop();
    }

    /** What kernels need, for whoever releases it afterwards. */
    PreparedWeights prepared() {
        return live.prepared();
    }

    /** Bytes of weights that were computed for inference, and of what kernels need beside the codes. */
    public long cachedBytes() {
        return live.cachedBytes();
    }

    /** How quantized weights that inference has used are multiplied with, in words, by the names of the weights. */
    public Map<String, String> kernels() {
        return live.kernels();
    }

    /** A stored tensor as an array, which is read once. */
    NDArray constant(Expression.Stored stored) {
        return live.constant(stored);
    }

    /**
     * The block for batches whose rows have adapters of their own, as it is whenever it runs one; for inference alone.
     *
     * @param adapterOfRow for each row the name of the one adapter that counts for it, in full, or {@link io.graft.model.parametrization.Adapter#BASE}
     * @throws IllegalArgumentException if there is no such adapter, or a layer cannot run one on some rows alone
     */
    public Block mixed(List<String> adapterOfRow) {
        MixedRows rows = new MixedRows(adapterOfRow);
        rows.require(live.stacks().now(), base);
        return new MixedBlock(this, rows);
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
        live.forget();
        manager.close();
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        boolean moves = training && !still;
        return live.run(store, inputs, moves, weights -> base.forward(weights, inputs, moves, params));
    }

    /** An inference of rows that have adapters of their own. */
    NDList forward(ParameterStore store, NDList inputs, MixedRows rows, PairList<String, Object> params) {
        rows.require(inputs);
        return live.run(store, inputs, rows, weights -> base.forward(weights, inputs, false, params));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList data, NDList labels, PairList<String, Object> params) {
        return still
                ? forwardInternal(store, data, false, params)
                : live.run(store, data, true, weights -> base.forward(weights, data, labels, params));
    }

    /** {@inheritDoc} The wrapped block's, so that DJL's names of parameters are what they were. */
    @Override
    public BlockList getChildren() {
        return base.getChildren();
    }

    /** {@inheritDoc} The wrapped block's, and what is owned; integers are never offered to an optimizer. */
    @Override
    public ParameterList getDirectParameters() {
        ParameterList parameters = new ParameterList();
        parameters.addAll(base.getDirectParameters());
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

    @Override
    public void saveParameters(DataOutputStream out) throws IOException {
        saved().save(out);
    }

    @Override
    public void loadParameters(NDManager to, DataInputStream in) throws IOException, MalformedModelException {
        saved().load(to, manager, in);
        holdFrozen();
        invalidate();
    }

    private SavedParameters saved() {
        return new SavedParameters(base, owned, live.stacks().now().values());
    }
}
