package io.graft.djl.program;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import io.graft.ValueWatch;
import io.graft.djl.array.DataTypes;
import io.graft.djl.commit.InPlace;
import io.graft.djl.commit.PlannedStacks;
import io.graft.djl.commit.PlannedTraining;
import io.graft.djl.commit.Refusals;
import io.graft.djl.commit.Remodelling;
import io.graft.djl.expression.EngineLimits;
import io.graft.djl.modified.ModifiedBlock;
import io.graft.djl.program.RecomputedProgram.Place;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.Applied;
import io.graft.problem.Problem;
import io.graft.tensor.expression.Expression;
import io.graft.torchscript.RecomputedWeights;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Has an open program compute other weights in their places than before, or with other parametrizations: their bases go beside it, and
 * what the parametrizations own does. All of it can be undone until it is final.
 */
final class Recomputation {
    private final ModifiedBlock modified;
    private final boolean fresh;
    private final RecomputedProgram program;
    private final Map<String, Place> before;
    private final Map<String, Place> now = new LinkedHashMap<>();

    /** The names that an archive has for places, by those of the engine. */
    private final Map<String, DraftTensor> weights = new LinkedHashMap<>();

    private final Map<Parameter, Place> ofBase = new LinkedHashMap<>();
    private final List<InPlace.Values> values = new ArrayList<>();
    private final List<InPlace.Flag> flags = new ArrayList<>();
    private final Remodelling remodelling;

    /** Those of the program as it is before. */
    private final OpenParameters parameters;

    private Recomputation(OpenProgram open, RecomputedWeights planned) {
        Block root = open.block();
        parameters = open.parameters();
        ModelDraft present = open.draft();
        fresh = !(root instanceof ModifiedBlock);
        modified = ModifiedBlock.of(fresh ? new RecomputedProgram(root) : root);
        program = (RecomputedProgram) modified.base();
        before = program.places();
        before.values().forEach(place -> ofBase.put(place.base(), place));
        Map<Parameter, DraftTensor> tensors = new LinkedHashMap<>();
        for (DraftTensor tensor : planned.weights()) {
            Parameter known = parameters.find(tensor.origin()).orElseThrow();
            Place place = Optional.ofNullable(ofBase.get(known)).orElseGet(() -> place(known));
            now.put(name(place.own()), place);
            weights.put(name(place.own()), tensor);
            tensors.put(place.base(), tensor);
        }
        Map<String, Parameter> kept = new LinkedHashMap<>();
        List<DraftTensor> brought = new ArrayList<>();
        for (DraftTensor tensor : planned.owned()) {
            Parameter owned = modified.owned().get(tensor.name());
            if (owned == null) {
                brought.add(tensor);
            } else {
                kept.put(tensor.name(), owned);
                compare(present.find(tensor.name()).orElseThrow(), tensor, owned);
            }
        }
        remodelling = new Remodelling(
                new PlannedStacks(modified, tensors, brought, kept, true),
                new PlannedTraining(path -> false, !now.isEmpty()));
    }

    /** Makes bases for weights of a program that have none yet, and changes nothing. */
    static Recomputation of(OpenProgram program, RecomputedWeights planned) {
        return new Recomputation(program, planned);
    }

    /** Whether a program computes weights in their places then that it does not, or with other parametrizations, or none of those it does. */
    static boolean isNeeded(OpenProgram program, RecomputedWeights planned) {
        if (planned.weights().isEmpty() && program.recomputed().isEmpty()) {
            return false;
        }
        ModelDraft now = program.draft();
        Set<String> weights =
                planned.weights().stream().map(DraftTensor::origin).collect(Collectors.toSet());
        return !weights.equals(program.recomputed())
                || Stream.concat(planned.weights().stream(), planned.owned().stream())
                        .anyMatch(tensor -> now.find(tensor.origin())
                                .filter(before -> before.parametrizations().equals(tensor.parametrizations())
                                        && before.base().equals(tensor.base())
                                        && before.trainable() == tensor.trainable())
                                .isEmpty());
    }

    /**
     * Has a program that nobody runs yet compute weights in their places; empty if there are none.
     *
     * @param watch sees what parametrizations own
     */
    static Optional<Recomputation> begun(OpenProgram program, RecomputedWeights planned, ValueWatch watch)
            throws IOException {
        if (planned.weights().isEmpty()) {
            return Optional.empty();
        }
        Recomputation begun = of(program, planned);
        try {
            begun.bring(watch);
            begun.now.values().forEach(place -> place.own().freeze(true));
            begun.install();
            return Optional.of(begun);
        } catch (IOException | RuntimeException | Error failure) {
            begun.undo();
            throw failure;
        }
    }

    /** What the engine cannot compute. */
    static List<Problem> refusals(RecomputedWeights planned) {
        Refusals refusals = new Refusals();
        for (DraftTensor tensor : planned.weights()) {
            if (DataTypes.writable(tensor.base().dtype()).isEmpty()) {
                refusals.invisible(tensor);
            }
            Expression.Below below = new Expression.Below(tensor.shape(), tensor.dtype());
            for (Applied applied : tensor.parametrizations()) {
                EngineLimits.of(applied.parametrization().form(below).value())
                        .ifPresent(limit -> refusals.unrunnable(tensor, applied, limit));
            }
        }
        return refusals.problems();
    }

    private void compare(DraftTensor present, DraftTensor tensor, Parameter owned) {
        if (!tensor.base().equals(present.base())) {
            values.add(new InPlace.Values(owned, tensor));
        }
        if (tensor.trainable() != present.trainable()) {
            flags.add(new InPlace.Flag(tensor.name(), owned, tensor.trainable()));
        }
    }

    private Place place(Parameter own) {
        try (NDArray still = own.getArray().stopGradient()) {
            NDArray copy = still.duplicate();
            copy.attach(modified.manager());
            copy.setName(own.getArray().getName());
            Parameter base = Parameter.builder()
                    .setName(own.getName())
                    .setType(own.getType())
                    .optShape(copy.getShape())
                    .optArray(copy)
                    .optRequiresGrad(own.requiresGradient())
                    .build();
            if (own.requiresGradient()) {
                copy.setRequiresGradient(true);
            }
            Place place = new Place(own, base);
            ofBase.put(base, place);
            return place;
        }
    }

    private String name(Parameter own) {
        return RecomputedProgram.engines(program).getDirectParameters().stream()
                .filter(pair -> pair.getValue() == own)
                .map(Pair::getKey)
                .findFirst()
                .orElseThrow();
    }

    /** Whether a parameter, as the model is before, is that of a weight which is computed in its place no more. */
    private Optional<Place> left(Parameter parameter) {
        return Optional.ofNullable(before.get(nameOf(ofBase.get(parameter))))
                .filter(place -> !now.containsValue(place));
    }

    private String nameOf(Place place) {
        return place == null ? "" : name(place.own());
    }

    /** The parameter that has a tensor's values from now on, of the one that has them now. */
    Parameter becoming(Parameter parameter) {
        return left(parameter)
                .map(Place::own)
                .or(() -> now.values().stream()
                        .filter(place -> place.own() == parameter)
                        .map(Place::base)
                        .findFirst())
                .orElse(parameter);
    }

    /** New values, of tensors that parametrizations own, and of weights that hold their base again. */
    List<InPlace.Values> values(List<InPlace.Values> others, List<DraftTensor> plan) {
        List<InPlace.Values> all = new ArrayList<>(values);
        others.forEach(each -> all.add(new InPlace.Values(becoming(each.parameter()), each.tensor())));
        for (DraftTensor tensor : plan) {
            parameters
                    .find(tensor.origin())
                    .flatMap(this::left)
                    .filter(place -> all.stream().noneMatch(each -> each.parameter() == place.own()))
                    .ifPresent(place -> all.add(new InPlace.Values(place.own(), tensor)));
        }
        return all;
    }

    /** New flags: what is computed takes no gradients of its own. */
    List<InPlace.Flag> flags(List<InPlace.Flag> others, List<DraftTensor> plan) {
        Map<Parameter, InPlace.Flag> all = new LinkedHashMap<>();
        flags.forEach(each -> all.put(each.parameter(), each));
        others.forEach(each -> {
            Parameter parameter = becoming(each.parameter());
            all.put(parameter, new InPlace.Flag(each.name(), parameter, each.trainable()));
        });
        now.forEach((name, place) ->
                all.put(place.own(), new InPlace.Flag(weights.get(name).name(), place.own(), false)));
        for (DraftTensor tensor : plan) {
            parameters
                    .find(tensor.origin())
                    .flatMap(this::left)
                    .ifPresent(place -> all.putIfAbsent(
                            place.own(), new InPlace.Flag(tensor.name(), place.own(), tensor.trainable())));
        }
        return List.copyOf(all.values());
    }

    /** Makes what the parametrizations own, and gives weights that are computed no more the values of their bases. */
    void bring(ValueWatch watch) throws IOException {
        remodelling.bring(watch);
        before.values().stream().filter(place -> !now.containsValue(place)).forEach(program::rest);
    }

    /** Computes in places from now on. */
    void install() {
        program.place(now);
        remodelling.install();
    }

    void undo() {
        remodelling.undo();
        program.place(before);
        if (fresh) {
            modified.close();
        } else {
            close(now, before);
        }
    }

    /** The block that the model has from now on. */
    Block result() {
        return now.isEmpty() ? RecomputedProgram.engines(program) : modified;
    }

    void makeFinal() {
        close(before, now);
        remodelling.makeFinal();
    }

    private static void close(Map<String, Place> some, Map<String, Place> staying) {
        some.values().stream()
                .filter(place -> !staying.containsValue(place))
                .forEach(place -> place.base().close());
    }
}
