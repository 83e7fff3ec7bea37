package io.graft.training.optimizer;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import ai.djl.training.optimizer.Optimizer;
import io.graft.GraftException;
import io.graft.djl.ModifiedModel;
import io.graft.training.parameters.Gradients;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * DJL's optimizer by a rule of PyTorch's, which remembers what it does by the names of parameters, so that another program can go on
 * with it.
 *
 * <pre>{@code
 * ModifiedModel modified = ModelModifierApplier.create().model(model).configuration(Path.of("freeze.conf")).run();
 * NamedOptimizer optimizer = NamedOptimizer.of(modified, AdamW.of(1e-3));
 * Trainer trainer = model.newTrainer(new DefaultTrainingConfig(loss).optOptimizer(optimizer));
 * }</pre>
 *
 * <p>What DJL does not ask to be updated, because it is frozen, is neither changed nor remembered. A parameter that has several names,
 * for each of which DJL asks, is updated once. Computes on the device of the parameters, which must be one. Closing it frees what it
 * remembers.
 */
public final class NamedOptimizer extends Optimizer implements AutoCloseable {
    private final OptimizerRule rule;
    private GroupedParameters parameters;
    private final Map<String, ParameterState> states = new LinkedHashMap<>();
    private final NDManager manager;
    private double rateFactor = 1;
    private Optional<Double> normFactor = Optional.empty();

    private NamedOptimizer(OptimizerRule rule, GroupedParameters parameters, NDManager manager) {
        super(new Builder());
        this.rule = rule;
        this.parameters = parameters;
        this.manager = manager;
    }

    /** What the base class asks for. */
    private static final class Builder extends OptimizerBuilder<Builder> {
        @Override
        protected Builder self() {
            return this;
        }
    }

    /**
     * For a model as it is now; one that a later run modifies needs another optimizer.
     *
     * @throws GraftException if a group matches nothing, or two have the same parameter
     * @throws IllegalArgumentException if the model has no parameters
     */
    public static NamedOptimizer of(ModifiedModel model, OptimizerRule rule) {
        GroupedParameters grouped = GroupedParameters.of(model, rule.groups());
        if (grouped.byName().isEmpty()) {
            throw new IllegalArgumentException("the model has no parameters that an optimizer could update");
        }
        return new NamedOptimizer(
                rule, grouped, grouped.any().getArray().getManager().newSubManager());
    }

    /**
     * Goes on with the parameters that a model has now, under the same names.
     *
     * @throws GraftException as {@link #of}
     */
    public void follow(ModifiedModel model) {
        parameters = GroupedParameters.of(model, rule.groups());
    }

    /** The formula, with its settings. */
    public OptimizerRule rule() {
        return rule;
    }

    /** The names of the parameters that it knows, in the order of the state dict; one that has several is here under the first. */
    public Collection<String> names() {
        return Collections.unmodifiableSet(parameters.byName().keySet());
    }

    /** The parameter of one of these names. */
    public Parameter parameter(String name) {
        return parameters.byName().get(name).parameter();
    }

    /** Those of all names, in their order. */
    public Stream<Parameter> parameters() {
        return parameters.byName().values().stream().map(GroupedParameter::parameter);
    }

    /** The parameters by their settings, those without a group of the rule first; a group without parameters is left out. */
    public List<NamedGroup> groups() {
        return parameters.groups(rule);
    }

    /** Where the parameters are. */
    public Device device() {
        return parameters.any().getArray().getDevice();
    }

    /** What is remembered, by the names of the parameters that have made a step. */
    public Map<String, ParameterState> states() {
        return Collections.unmodifiableMap(states);
    }

    /**
     * Remembers something else of a parameter.
     *
     * @param arrays by slot, of the parameter's shape; belong to the optimizer from then on
     */
    public void remember(String name, long steps, Map<String, NDArray> arrays) {
        states.computeIfAbsent(name, same -> new ParameterState(manager)).set(steps, arrays);
    }

    /**
     * Makes ready for a step: all gradients are there, and nothing is updated yet. Needed only where gradients are clipped by their norm,
     * or where learning rates change.
     *
     * @param factor that the learning rates of all groups are multiplied with, from now on
     */
    public void begin(double factor) {
        rateFactor = factor;
        normFactor = rule.clipNorm().map(this::factorFor);
    }

    /** As {@code torch.nn.utils.clip_grad_norm_} has it. */
    private double factorFor(double longest) {
        double squares = 0;
        for (GroupedParameter each : parameters.byName().values()) {
            if (each.parameter().requiresGradient()) {
                try (NDArray gradient = each.parameter().getArray().getGradient();
                        NDArray norm = gradient.norm();
                        NDArray wide = norm.toType(DataType.FLOAT64, false)) {
                    squares += Math.pow(wide.getDouble(), 2);
                }
            }
        }
        return Math.min(1, longest / (Math.sqrt(squares) + 1e-6));
    }

    /**
     * {@inheritDoc} The gradient is zero afterwards.
     *
     * @throws IllegalStateException if the parameter was not there when this was made, or {@link #begin} was not called and gradients
     *     are to be clipped by their norm
     */
    @Override
    public void update(String parameterId, NDArray weight, NDArray gradient) {
        String name = parameters.names().get(parameterId);
        if (name == null) {
            throw new IllegalStateException(
                    "the optimizer knows no parameter of this id: the model was modified after the optimizer was made; make another one");
        }
        if (name.isEmpty()) {
            return;
        }
        clip(gradient);
        GroupedParameter parameter = parameters.byName().get(name);
        ParameterState state = states.computeIfAbsent(name, first -> new ParameterState(manager));
        state.countStep();
        weight.setRequiresGradient(false);
        try {
            rule.update(new ParameterUpdate(
                    weight, gradient, state, rateFactor * parameter.learningRate(rule), parameter.weightDecay(rule)));
        } finally {
            weight.setRequiresGradient(true);
        }
        Gradients.clear(weight);
    }

    /** In place: it is zero after the step. */
    private void clip(NDArray gradient) {
        if (rule.clipValue().isPresent()) {
            double most = rule.clipValue().get();
            try (NDArray within = gradient.clip(-most, most)) {
                gradient.set(new NDIndex("..."), within);
            }
        } else if (rule.clipNorm().isPresent()) {
            gradient.muli(normFactor.orElseThrow(() -> new IllegalStateException(
                    "gradients are clipped by the norm of all of them, and nobody has said that they are there: call begin() before each"
                            + " step, as ModelTrainer does")));
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
