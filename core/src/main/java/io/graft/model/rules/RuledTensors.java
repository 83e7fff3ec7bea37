package io.graft.model.rules;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A state dict as rules leave it.
 *
 * @param tensors in its order; what is made of several stands where the first of them was; two may have one name
 * @param leftOut keys of tensors that the model of a table has no place for, with the table's id
 * @param taken how often a rule took a tensor
 * @param notes what was done, a sentence for each rule
 * @param problems why rules could not be followed; then the tensors are those of the others
 */
public record RuledTensors(
        List<RuledTensor> tensors,
        Map<String, String> leftOut,
        int taken,
        List<String> notes,
        List<RuleProblem> problems) {
    public RuledTensors {
        tensors = List.copyOf(tensors);
        leftOut = Collections.unmodifiableMap(new LinkedHashMap<>(leftOut));
        notes = List.copyOf(notes);
        problems = List.copyOf(problems);
    }
}
