package io.graft.modifiers.lora.placing;

import io.graft.model.DraftTensor;
import io.graft.modifiers.lora.config.TargetParameters;
import io.graft.modifiers.lora.edit.Findings;
import io.graft.modifiers.lora.reading.LowRank;
import io.graft.modifiers.lora.update.Arrangement;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which parameter of a module each of its updates is for. PEFT wraps the module once for each parameter, in an order that a file does
 * not tell, so that shapes have to: one way in which all updates fit is taken. Within a module, the weights of experts are all stored
 * the same way round; PEFT before 0.19 knew one way only.
 */
final class Nesting {
    private static final Set<Arrangement> POSSIBLE =
            EnumSet.of(Arrangement.LINEAR, Arrangement.EXPERTS, Arrangement.TRANSPOSED_EXPERTS);

    private final String version;
    private final Findings findings;

    /** @param version the PEFT that saved the adapter */
    Nesting(String version, Findings findings) {
        this.version = version;
        this.findings = findings;
    }

    /**
     * The place of each update; none if there is not exactly one way, which is an error.
     *
     * @param names what the adapter calls the parameters
     * @param weights the parameters that the model has, in the same order
     */
    List<Placement> place(List<LowRank> updates, List<String> names, List<DraftTensor> weights) {
        List<List<Placement>> ways = new ArrayList<>();
        extend(List.of(), updates, names, weights, ways);
        List<List<Placement>> old = ways.stream()
                .filter(way -> way.stream().noneMatch(place -> place.arrangement() == Arrangement.EXPERTS))
                .toList();
        List<List<Placement>> likely = isOld() && !old.isEmpty() ? old : ways;
        if (likely.size() == 1) {
            return likely.get(0);
        }
        String module = updates.get(0).module();
        if (likely.isEmpty()) {
            findings.error(
                    ProblemCode.SHAPE_MISMATCH,
                    "the factors of `" + module + "`, "
                            + shown(updates.stream()
                                    .map(update -> update.a().shape() + " with "
                                            + update.b().shape()))
                            + ", fit none of the adapter's `" + TargetParameters.KEY + "` there: "
                            + shown(weights.stream().map(weight -> "`" + weight.name() + "` " + weight.shape())),
                    "the adapter was trained on another model");
        } else {
            findings.error(
                    ProblemCode.SHAPE_MISMATCH,
                    "the factors of `" + module + "` fit its parameters in " + likely.size() + " ways ("
                            + FirstFew.names(names)
                            + "): which of them each is for, or which way round the experts' weights lie, cannot be told",
                    "merge it with PEFT, or train these parameters in an adapter each");
        }
        return List.of();
    }

    private static void extend(
            List<Placement> before,
            List<LowRank> updates,
            List<String> names,
            List<DraftTensor> weights,
            List<List<Placement>> ways) {
        if (before.size() == updates.size()) {
            ways.add(before);
            return;
        }
        LowRank update = updates.get(before.size());
        for (int i = 0; i < weights.size(); i++) {
            DraftTensor weight = weights.get(i);
            if (before.stream().noneMatch(place -> place.weight().equals(weight))) {
                for (Arrangement way : update.arrangements(weight.shape())) {
                    if (POSSIBLE.contains(way) && before.stream().allMatch(place -> agree(place.arrangement(), way))) {
                        List<Placement> longer = new ArrayList<>(before);
                        longer.add(new Placement(update, names.get(i), weight, way));
                        extend(longer, updates, names, weights, ways);
                    }
                }
            }
        }
    }

    private static boolean agree(Arrangement one, Arrangement other) {
        return one == other || one == Arrangement.LINEAR || other == Arrangement.LINEAR;
    }

    private boolean isOld() {
        String[] numbers = version.split("\\.", 3);
        return version.isEmpty() || (numbers[0].equals("0") && numbers.length > 1 && numbers[1].matches("\\d|1[0-8]"));
    }

    private static String shown(Stream<String> texts) {
        return String.join(", ", texts.toList());
    }
}
