package io.graft.djl.modified;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterServer;
import ai.djl.training.ParameterStore;
import io.graft.djl.array.BaseArray;
import io.graft.djl.forward.RowLookup;
import io.graft.tensor.expression.Expression;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The parameter store of one forward: answers with the computed weight where a parameter is parametrized, and else as the store
 * that the forward was given. Each weight is computed once.
 */
final class WeightStore extends ParameterStore implements ProductStore, RowLookup.Source {
    private final ParameterStore outer;
    private final LiveStacks.Use use;
    private final PreparedWeights prepared;
    private final Function<Expression.Stored, NDArray> constants;
    private final NDManager scope;
    private final boolean training;
    private final Map<LiveStacks.Key, NDArray> weights = new HashMap<>();
    private final Map<LiveStacks.Key, NDArray> trunks = new HashMap<>();
    private final Map<MixedRows.Rows, NDArray> rows = new HashMap<>();
    private final Set<Parameter> asked = new HashSet<>();
    private final Set<Parameter> brief;
    private LiveStacks.@Nullable Key passing;

    /**
     * @param prepared what kernels need
     * @param scope where results are kept until the forward ends
     * @param brief weights that their layers have used when the next one asks for its own
     * @param training whether gradients flow
     */
    WeightStore(
            ParameterStore outer,
            LiveStacks.Use use,
            PreparedWeights prepared,
            Function<Expression.Stored, NDArray> constants,
            NDManager scope,
            Set<Parameter> brief,
            boolean training) {
        super(outer.getManager(), false);
        this.outer = outer;
        this.use = use;
        this.prepared = prepared;
        this.constants = constants;
        this.scope = scope;
        this.brief = brief;
        this.training = training;
    }

    @Override
    public NDArray getValue(Parameter parameter, Device device, boolean inTraining) {
        ParametrizationStack stack = parameter == null ? null : use.stacks().get(parameter);
        if (stack == null) {
            return outer.getValue(parameter, device, inTraining);
        }
        asked.add(parameter);
        LiveStacks.Key key = new LiveStacks.Key(parameter, device);
        if (BaseArray.isAbsent(parameter)) {
            prepared.restored(parameter, PreparedWeights.Use.WHOLE);
            passOn(key);
        }
        NDArray kept = use.cached(key);
        return kept == null ? weights.computeIfAbsent(key, absent -> compute(stack, device)) : kept;
    }

    /** Frees the weight of the layer that ran before, which has used it. */
    private void passOn(LiveStacks.Key key) {
        if (!training && passing != null && !passing.equals(key)) {
            weights.remove(passing).close();
            passing = null;
        }
        if (brief.contains(key.parameter())) {
            passing = key;
        }
    }

    private NDArray compute(ParametrizationStack stack, Device device) {
        // What Java restores takes less time than what the engine restores.
        NDArray value = stack.isStorage() ? trunk(stack, device) : stack.value(new On(device, scope));
        if (training || value.getManager() != scope) {
            return value;
        }
        // Threads that did not start the engine record operations even in inference.
        return keep(value.stopGradient());
    }

    /** What is below the branches of a parameter that a layer runs in factors. */
    NDArray trunk(Parameter parameter, Device device) {
        asked.add(parameter);
        return trunks.computeIfAbsent(
                new LiveStacks.Key(parameter, device),
                absent -> trunk(use.stacks().get(parameter), device));
    }

    private NDArray trunk(ParametrizationStack stack, Device device) {
        return device.equals(Device.cpu())
                ? stack.numbers()
                        .map(numbers -> numbers.whole(scope))
                        .orElseGet(() -> stack.trunk(new On(device, scope)))
                : stack.trunk(new On(device, scope));
    }

    /** What a layer runs in factors; empty in inference, where it has the computed weight, unless rows differ. */
    List<Branch> branches(Parameter parameter, Device device) {
        ParametrizationStack stack = use.stacks().get(parameter);
        return stack != null && (training || stack.isMixed()) ? stack.branches(new On(device, scope)) : List.of();
    }

    @Override
    public NDArray rows(Parameter table, NDArray indices) {
        ParametrizationStack stack = use.stacks().get(table);
        Optional<TableRows> rows = stack == null ? Optional.empty() : stack.rows();
        if (rows.isEmpty()) {
            return RowLookup.rows(getValue(table, indices.getDevice(), training), indices);
        }
        asked.add(table);
        prepared.restored(table, PreparedWeights.Use.ROWS);
        if (training) {
            return of(indices, rows.get().at(indices, new On(indices.getDevice(), scope)));
        }
        try (NDManager own = scope.newSubManager()) {
            return of(
                    indices,
                    rows.get().at(indices, new On(indices.getDevice(), own)).stopGradient());
        }
    }

    private static NDArray of(NDArray input, NDArray result) {
        result.attach(input.getManager());
        return result;
    }

    @Override
    public NDArray product(Parameter parameter, NDArray input, @Nullable NDArray bias) {
        asked.add(parameter);
        ParametrizationStack stack = use.stacks().get(parameter);
        Device device = input.getDevice();
        List<Branch> branches = stack.branches(new On(device, scope));
        if (training) {
            NDArray output =
                    Linear.linear(input, trunk(parameter, device), bias).singletonOrThrow();
            return Branch.add(branches, output, input, true, place(parameter));
        }
        Optional<KernelCodes> codes = prepared.of(stack, new On(device, scope));
        List<Branch> still =
                branches.stream().map(branch -> branch.still(this::keep)).toList();
        return new StoredProduct(stack, codes, results -> new On(device, results))
                .of(input, bias, still, place(parameter));
    }

    /** Where a layer's branches put what they compute. */
    Branch.Place place(Parameter weight) {
        return new Branch.Place() {
            @Override
            public NDManager scope() {
                return scope;
            }

            @Override
            public NDIndex index(MixedRows.Rows rows, NDArray input) {
                return WeightStore.this.index(rows, weight, input);
            }
        };
    }

    /**
     * Some rows of what a layer gets, as an index.
     *
     * @throws IllegalStateException if the layer does not get the rows of the batch
     */
    private NDIndex index(MixedRows.Rows some, Parameter weight, NDArray input) {
        if (input.size(0) != some.batch()) {
            throw new IllegalStateException("the layer of `"
                    + use.stacks().get(weight).name() + "` gets " + input.getShape() + " in a batch of " + some.batch()
                    + ": its first axis is not that of the rows, which have adapters of their own");
        }
        NDArray numbers = rows.computeIfAbsent(
                some,
                absent -> keep(scope.create(absent.numbers().stream()
                                .mapToLong(Integer::longValue)
                                .toArray())
                        .toDevice(input.getDevice(), false)));
        return new NDIndex("{}", numbers);
    }

    /** Takes a result into the scope of the forward. */
    private NDArray keep(NDArray result) {
        result.attach(scope);
        return result;
    }

    /** The names of parameters whose parametrizations had no effect, because nobody asked for them. */
    List<String> ignored() {
        return use.stacks().values().stream()
                .filter(stack -> !asked.contains(stack.parameter()))
                .map(ParametrizationStack::name)
                .sorted()
                .toList();
    }

    /** The weights that were computed and are kept; one whose numbers were given up is restored each time. */
    Map<LiveStacks.Key, NDArray> computed() {
        Map<LiveStacks.Key, NDArray> computed = new HashMap<>(weights);
        computed.values().removeIf(weight -> weight.getManager() != scope);
        computed.keySet().removeIf(key -> BaseArray.isAbsent(key.parameter()));
        return computed;
    }

    @Override
    public void setParameterServer(ParameterServer server, Device[] devices) {
        outer.setParameterServer(server, devices);
    }

    @Override
    public void updateAllParameters() {
        outer.updateAllParameters();
    }

    @Override
    public void sync() {
        outer.sync();
    }

    /** Parameters as they are on a device. */
    private final class On implements ParametrizationStack.Arrays {
        private final Device device;
        private final NDManager results;

        On(Device device, NDManager results) {
            this.device = device;
            this.results = results;
        }

        @Override
        public NDArray of(Parameter parameter) {
            return outer.getValue(parameter, device, training);
        }

        @Override
        public NDArray of(Expression.Stored stored) {
            NDArray constant = constants.apply(stored);
            return constant.getDevice().equals(device) ? constant : keep(constant.toDevice(device, true));
        }

        @Override
        public NDManager scope() {
            return results;
        }
    }
}
