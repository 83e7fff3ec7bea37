package io.graft.training.schedule;

import ai.djl.nn.Parameter;
import io.graft.GraftException;
import io.graft.djl.ModifiedModel;
import io.graft.model.DraftTensor;
import io.graft.model.training.Trainability;
import io.graft.model.training.TrainingStretch;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.training.parameters.Gradients;
import io.graft.training.parameters.ParameterClaims;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Carries out what is trained when: freezes and unfreezes parameters as the moments of their schedules come. */
public final class TrainingSchedules {
    private final ModifiedModel model;
    private final Map<String, Trainability> times;
    private Map<String, Parameter> parameters;

    private TrainingSchedules(ModifiedModel model, Map<String, Trainability> times) {
        this.model = model;
        this.times = times;
        this.parameters = model.parameters();
    }

    /**
     * The schedules that modifiers have given parameters, and others in their place.
     *
     * @param model that a run has modified which was told that schedules are carried out
     * @throws GraftException if a selector matches no parameter, a parameter has two schedules, or a part that is frozen later could not
     *     stand still then
     */
    public static TrainingSchedules of(ModifiedModel model, List<Schedule> schedules, Optional<Unfreezing> unfreezing) {
        ParameterClaims<Trainability> claims = new ParameterClaims<>(model.draft());
        for (int i = 0; i < schedules.size(); i++) {
            String claimant = "schedules[" + i + "]";
            Schedule schedule = schedules.get(i);
            claims.claim(schedule.parameters(), claimant + ".parameters", claimant, schedule.trained());
        }
        unfreezing.ifPresent(gradual -> {
            for (int depth = 0; depth < gradual.depths().size(); depth++) {
                String claimant = "unfreezing.depths[" + depth + "]";
                claims.claim(gradual.depths().get(depth), claimant, claimant, gradual.trained(depth));
            }
        });
        claims.requireSound();
        Map<String, Trainability> planned = new HashMap<>();
        for (DraftTensor tensor : model.report().plan().tensors()) {
            tensor.trainability().schedule().ifPresent(time -> planned.put(tensor.name(), time));
        }
        Map<String, Trainability> times = new LinkedHashMap<>();
        model.parameters()
                .keySet()
                .forEach(name -> claims.claimed(name)
                        .or(() -> Optional.ofNullable(planned.get(name)))
                        .ifPresent(time -> times.put(name, time)));
        if (!schedules.isEmpty() || unfreezing.isPresent()) {
            // what modifiers have scheduled was looked at when it was planned
            TrainingStretch.after(times.values()).forEach(stretch -> requireTrainable(model, times, stretch));
        }
        return new TrainingSchedules(model, times);
    }

    private static void requireTrainable(
            ModifiedModel model, Map<String, Trainability> times, TrainingStretch stretch) {
        Map<String, Boolean> trained = new LinkedHashMap<>();
        times.forEach((name, time) -> trained.put(name, stretch.trains(time)));
        try {
            model.requireTrainable(trained);
        } catch (GraftException refused) {
            throw new GraftException(
                    refused.problems().stream()
                            .map(problem -> problem.withNote(stretch.toString()))
                            .toList(),
                    refused);
        }
    }

    /**
     * Makes parameters as they are in the step that comes next: what is frozen as a whole stands still, and loses its gradients, which would
     * be applied once it is trained again.
     *
     * @param epochs how many are completed
     * @param steps how many are completed, of all epochs
     * @return whether anything is trained otherwise than before; the parameters of a program may be other objects then
     * @throws GraftException if a part cannot stand still; all is as it was then
     */
    public boolean apply(long epochs, long steps) {
        Map<String, Boolean> turned = new LinkedHashMap<>();
        times.forEach((name, time) -> {
            boolean trained = time.at(epochs, steps);
            if (trained != parameters.get(name).requiresGradient()) {
                turned.put(name, trained);
            }
        });
        if (turned.isEmpty()) {
            return false;
        }
        Map<String, Parameter> before = parameters;
        model.train(turned);
        parameters = model.parameters();
        turned.forEach((name, trained) -> {
            if (!trained) {
                Gradients.clearFrozen(parameters.get(name));
            }
        });
        before.forEach((name, parameter) -> {
            if (parameter != parameters.get(name)) {
                retire(parameter);
            }
        });
        return true;
    }

    /** DJL's trainer still knows it, and updates what takes gradients. */
    private static void retire(Parameter closed) {
        try {
            closed.freeze(true);
        } catch (IllegalStateException released) {
            // Its array is closed, and its flag is set.
        }
    }

    /** Whether any parameter is trained now. */
    public boolean isAnyTrained() {
        return parameters.values().stream().anyMatch(Parameter::requiresGradient);
    }

    /**
     * Before the first step, when the parameters are as they are in it.
     *
     * @throws GraftException if none is trained
     */
    public void requireAnyTrained() {
        if (isAnyTrained()) {
            return;
        }
        boolean later = !notBegun(0, 0).isEmpty();
        throw new GraftException(
                List.of(Problem.error(
                        ProblemCode.NOTHING_TRAINABLE,
                        "nothing is trained in the first step: all " + parameters.size()
                                + " parameters of the model are frozen"
                                + (later ? ", and the first schedule begins later" : ""),
                        later
                                ? "let a schedule begin at the start"
                                : "leave out of what is frozen what is to be trained")),
                null);
    }

    /**
     * Schedules whose beginning never came, by the names of their parameters.
     *
     * @param epochs how many are completed
     * @param steps how many are completed, of all epochs
     */
    public Map<String, Trainability> notBegun(long epochs, long steps) {
        Map<String, Trainability> left = new LinkedHashMap<>();
        times.forEach((name, time) -> {
            boolean waits = time.schedule()
                    .flatMap(Trainability.During::from)
                    .filter(moment -> !moment.hasCome(epochs, steps))
                    .isPresent();
            if (waits) {
                left.put(name, time);
            }
        });
        return left;
    }
}
