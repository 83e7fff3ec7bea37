package io.graft.convert;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.model.rules.RuleProblem;
import io.graft.model.rules.RuledTensor;
import io.graft.model.rules.RuledTensors;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import io.graft.tensor.LazyTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tensors that are written.
 *
 * @param tensors with their keys as the checkpoint has them
 * @param leftOut keys of those that are not, in order
 * @param notes what was done, a sentence each
 */
record NewTensors(List<RuledTensor> tensors, List<String> leftOut, List<String> notes) {
    /**
     * Works them out.
     *
     * @param source the checkpoint's tensors, stored or logical
     * @throws ConversionException if a selector, a prefix or a rule fits no key, a rule cannot be followed, or two tensors get one name
     */
    static NewTensors of(Checkpoint input, Map<String, TensorEntry> source, Conversion conversion) {
        Map<String, TensorEntry> chosen = new LinkedHashMap<>(source);
        List<String> leftOut = new ArrayList<>(conversion.tensors().removeFrom(chosen, input));
        Map<String, String> keys = new LinkedHashMap<>();
        List<String> notes = new ArrayList<>();
        strip(chosen, conversion.names(), keys, notes);
        Map<String, LazyTensor> stripped = new LinkedHashMap<>();
        keys.forEach((name, key) ->
                stripped.put(name, StoredTensor.of(chosen.get(key), input.path().toString())));
        RuledTensors ruled =
                conversion.names().rules().toldBy(input.configuration()).apply(stripped, "checkpoint", keys::get);
        for (RuleProblem problem : ruled.problems()) {
            throw new ConversionException(problem.code(), problem.message(), problem.help());
        }
        notes.addAll(ruled.notes());
        String prefix = conversion.names().addPrefix().orElse("");
        if (!prefix.isEmpty()) {
            notes.add("prefix `" + prefix + "` added to " + ruled.tensors().size() + " keys");
        }
        List<RuledTensor> tensors = ruled.tensors().stream()
                .map(tensor -> new RuledTensor(
                        prefix + tensor.name(),
                        tensor.value(),
                        tensor.keys().stream().map(keys::get).toList(),
                        tensor.isMoved()))
                .toList();
        keys.forEach((name, key) -> {
            if (ruled.leftOut().containsKey(name)) {
                leftOut.add(key);
            }
        });
        requireDistinct(tensors);
        requireNoCodes(tensors, input, conversion);
        return new NewTensors(tensors, leftOut, notes);
    }

    /**
     * Takes a prefix away.
     *
     * @param keys gets the keys by what is left of them
     */
    private static void strip(
            Map<String, TensorEntry> chosen, NameChanges changes, Map<String, String> keys, List<String> notes) {
        String prefix = changes.stripPrefix().orElse("");
        long having =
                chosen.keySet().stream().filter(key -> key.startsWith(prefix)).count();
        if (having == 0) {
            throw new ConversionException(
                    ProblemCode.UNMATCHED_RULE,
                    "no key of the checkpoint starts with `" + prefix + "`",
                    "the checkpoint has " + FirstFew.names(chosen.keySet()));
        }
        for (String key : chosen.keySet()) {
            String other = keys.put(key.startsWith(prefix) ? key.substring(prefix.length()) : key, key);
            if (other != null) {
                throw collision(other, key, key.substring(prefix.length()));
            }
        }
        if (!prefix.isEmpty()) {
            notes.add("prefix `" + prefix + "` stripped from " + having + " of " + chosen.size() + " keys");
        }
    }

    private static void requireDistinct(List<RuledTensor> tensors) {
        Map<String, String> holders = new HashMap<>();
        for (RuledTensor tensor : tensors) {
            String other = holders.put(tensor.name(), tensor.key());
            if (other != null) {
                throw collision(other, tensor.key(), tensor.name());
            }
        }
    }

    private static ConversionException collision(String one, String other, String name) {
        return new ConversionException(
                ProblemCode.NAME_COLLISION,
                "`" + one + "` and `" + other + "` would both be called `" + name + "`",
                "give one of them another name");
    }

    /** What is copied as it lies cannot be taken apart: where a code has its scale, only its layout knows. */
    private static void requireNoCodes(List<RuledTensor> tensors, Checkpoint input, Conversion conversion) {
        if (conversion.dtype().isPresent() || tensors.stream().noneMatch(RuledTensor::isMoved)) {
            return;
        }
        Map<String, String> schemes = new HashMap<>();
        input.tensors()
                .values()
                .forEach(entry -> entry.encoding()
                        .ifPresent(encoding ->
                                encoding.stored().forEach(part -> schemes.put(part.name(), encoding.scheme()))));
        for (RuledTensor tensor : tensors) {
            if (tensor.isMoved() && schemes.containsKey(tensor.key())) {
                throw new ConversionException(
                        ProblemCode.CHECKPOINT_UNSUPPORTED,
                        "`" + tensor.key() + "` is stored as " + schemes.get(tensor.key())
                                + ", and a rule moves its elements, which its codes and scales do not follow",
                        "give --dtype, so that it is written as plain numbers");
            }
        }
    }
}
