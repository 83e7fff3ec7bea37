package io.graft.djl.modified;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.graft.problem.FirstFew;
import io.graft.tensor.expression.Expression;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Runs a block whose layers ask for their weights with the weights that parametrizations compute, and has what is kept from one forward to
 * the next. Used by many threads.
 */
final class LiveForward {
    private final Block base;
    private final NDManager manager;
    private final LiveStacks stacks = new LiveStacks();
    private final ReadTensors constants;

    /** Weights of convolutions, which use nothing else than them, and only while they run. */
    private volatile Set<Parameter> brief = Set.of();

    private PreparedWeights prepared;

    /**
     * @param manager for what is computed and kept
     */
    LiveForward(Block base, NDManager manager) {
        this.base = base;
        this.manager = manager;
        this.constants = new ReadTensors(manager);
        this.prepared = new PreparedWeights(manager);
    }

    LiveStacks stacks() {
        return stacks;
    }

    /** Gives the block other parametrizations, which the next forward sees. */
    void install(Map<Parameter, ParametrizationStack> now) {
        brief = ExchangedLayers.ofConvolutions(base);
        stacks.set(now);
        forgetPrepared();
    }

    /**
     * Runs the block.
     *
     * @param training whether gradients flow
     * @param forward runs it with a store that answers with the weights
     */
    NDList run(ParameterStore store, NDList inputs, boolean training, Function<ParameterStore, NDList> forward) {
        return run(store, inputs, training, () -> stacks.begin(training), forward);
    }

    /**
     * Runs the block in inference on rows that have adapters of their own.
     *
     * @param forward runs it with a store that answers with the weights
     */
    NDList run(ParameterStore store, NDList inputs, MixedRows rows, Function<ParameterStore, NDList> forward) {
        return run(store, inputs, false, () -> stacks.begin(rows, base), forward);
    }

    private NDList run(
            ParameterStore store,
            NDList inputs,
            boolean training,
            Supplier<LiveStacks.Use> begin,
            Function<ParameterStore, NDList> forward) {
        if (!manager.isOpen()) {
            throw new IllegalStateException("the modified model was closed");
        }
        try (LiveStacks.Use use = begin.get()) {
            return use.stacks().isEmpty() ? forward.apply(store) : run(store, inputs, training, use, forward);
        }
    }

    private NDList run(
            ParameterStore store,
            NDList inputs,
            boolean training,
            LiveStacks.Use use,
            Function<ParameterStore, NDList> forward) {
        NDManager caller = inputs.isEmpty() ? store.getManager() : inputs.head().getManager();
        PreparedWeights kernels = prepared();
        try (NDManager scope = caller.newSubManager()) {
            WeightStore weights = new WeightStore(store, use, kernels, this::constant, scope, brief, training);
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
        } finally {
            kernels.release();
        }
    }

    /** A stored tensor as an array, which is read once. */
    NDArray constant(Expression.Stored stored) {
        return constants.of(stored.value());
    }

    /** What kernels need, for whoever releases it afterwards. */
    synchronized PreparedWeights prepared() {
        return prepared.retain();
    }

    /** Forgets weights that were computed for inference, and what kernels need. */
    void forget() {
        stacks.drop();
        forgetPrepared();
    }

    private synchronized void forgetPrepared() {
        PreparedWeights old = prepared;
        prepared = new PreparedWeights(manager);
        old.release();
    }

    /** Bytes of weights that were computed for inference, and of what kernels need beside the codes. */
    long cachedBytes() {
        return stacks.cachedBytes()
                + made().values().stream().mapToLong(KernelCodes::bytes).sum();
    }

    /** How quantized weights that inference has used are multiplied with, in words, by the names of the weights. */
    Map<String, String> kernels() {
        Map<Parameter, ParametrizationStack> now = stacks.now();
        Map<String, String> kernels = new TreeMap<>();
        restored()
                .forEach((weight, use) -> Optional.ofNullable(now.get(weight))
                        .ifPresent(stack -> kernels.put(stack.name(), use.words())));
        made().forEach((weight, made) ->
                Optional.ofNullable(now.get(weight)).ifPresent(stack -> kernels.put(stack.name(), made.describe())));
        return kernels;
    }

    private synchronized Map<Parameter, PreparedWeights.Use> restored() {
        return prepared.restored();
    }

    private synchronized Map<Parameter, KernelCodes> made() {
        return prepared.made();
    }
}
