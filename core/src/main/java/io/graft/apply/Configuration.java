package io.graft.apply;

import io.graft.ConfiguredSection;
import io.graft.GraftException;
import io.graft.ModelOpener;
import io.graft.Plan;
import io.graft.config.reading.Redaction;
import io.graft.problem.Problem;
import io.graft.registry.BoundModifier;
import io.graft.registry.BoundPlug;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A configuration that can be run.
 *
 * @param problems warnings
 * @param folder where relative names come from
 * @param checkpoints those that the run has opened
 * @param factories those that the run makes modules with
 * @param redaction keeps secrets out of what goes wrong
 */
record Configuration(
        GraftFile file,
        List<Problem> problems,
        Path folder,
        OpenedCheckpoints checkpoints,
        ModuleFactories factories,
        Redaction redaction) {
    Configuration {
        problems = List.copyOf(problems);
    }

    Configuration withoutOutput() {
        return new Configuration(file.withoutOutput(), problems, folder, checkpoints, factories, redaction);
    }

    /** The same, on a model that the caller names. */
    Configuration on(BoundPlug<ModelOpener> model) {
        return new Configuration(file.on(model), problems, folder, checkpoints, factories, redaction);
    }

    /** The same with other modifiers, numbered in their order, and more problems. */
    Configuration with(List<BoundModifier> modifiers, List<Problem> more) {
        List<BoundModifier> numbered = new ArrayList<>();
        for (BoundModifier modifier : modifiers) {
            numbered.add(modifier.at(numbered.size()));
        }
        List<Problem> all = new ArrayList<>(problems);
        all.addAll(more);
        return new Configuration(file.with(numbered), all, folder, checkpoints, factories, redaction);
    }

    /** A section that a jar brings; empty if nothing is said of it. */
    <S extends ConfiguredSection> Optional<BoundPlug<S>> section(Class<S> type) {
        return file.sections().stream()
                .filter(section -> type.isInstance(section.made()))
                .map(section -> new BoundPlug<>(
                        section.id(), section.origin(), type.cast(section.made()), section.options(), section.cursor()))
                .findFirst();
    }

    /** A run that ends before anything is planned. */
    GraftException failure(Problem problem, Throwable cause) {
        List<Problem> all = new ArrayList<>(problems);
        all.add(problem);
        return failure(all, null, cause);
    }

    /** A run that ends; with the plan, as far as it was made. */
    GraftException failure(List<Problem> all, Plan plan, Throwable cause) {
        return new GraftException(
                redaction.problems(all), OptionalInt.of(file.modifiers().size()), plan, redaction.cause(cause));
    }
}
