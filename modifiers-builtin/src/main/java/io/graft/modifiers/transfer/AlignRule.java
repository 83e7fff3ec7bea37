package io.graft.modifiers.transfer;

import io.graft.config.Default;
import io.graft.config.NotEmpty;
import io.graft.config.Range;
import io.graft.model.tree.Selector;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * Loads tensors block by block along one dimension: each name stands for one row or column, or for a block of equally many of
 * them, such as the lead times of a forecast. A block is copied to the place that its name has in the model; blocks whose name
 * the checkpoint does not have keep their initial values. Sizes may differ along this dimension only.
 *
 * @param tensor the tensors of the model to load in this way
 * @param dimension the dimension that the names divide, from 0 for the outermost: rows of a weight
 * @param source the names of the blocks in the checkpoint, in order
 * @param model the names of the blocks in the model, in order
 * @param names pairs of names that mean the same though they differ
 */
public record AlignRule(
        Selector tensor,
        @Default("0") @Range(min = 0, max = 31) int dimension,
        @NotEmpty List<String> source,
        @NotEmpty List<String> model,
        List<NamePair> names) {
    /**
     * Two names of one thing.
     *
     * @param from the name in the checkpoint
     * @param to the name in the model
     */
    public record NamePair(String from, String to) {}

    /**
     * @throws IllegalArgumentException if a name occurs twice, a pair is not of names in the lists, or nothing is in common
     */
    public AlignRule {
        source = List.copyOf(source);
        model = List.copyOf(model);
        names = List.copyOf(names);
        requireDistinct("source", source);
        requireDistinct("model", model);
        for (NamePair pair : names) {
            requireMember("source", source, pair.from());
            requireMember("model", model, pair.to());
        }
        requireDistinct("names", names.stream().map(NamePair::to).toList());
        if (blocks(source, model, names).stream().allMatch(block -> block < 0)) {
            throw new IllegalArgumentException("`source` and `model` have no name in common; `names` can pair them");
        }
    }

    /** For each block of the model the index of the checkpoint's block that goes there, or -1 if it keeps its values. */
    List<Integer> blocks() {
        return blocks(source, model, names);
    }

    private static List<Integer> blocks(List<String> source, List<String> model, List<NamePair> names) {
        Map<String, String> inSource = new HashMap<>();
        names.forEach(pair -> inSource.put(pair.to(), pair.from()));
        Map<String, Integer> places = new HashMap<>();
        for (int index = 0; index < source.size(); index++) {
            places.put(source.get(index), index);
        }
        return model.stream()
                .map(name -> places.getOrDefault(inSource.getOrDefault(name, name), -1))
                .toList();
    }

    private static void requireDistinct(String list, List<String> names) {
        HashSet<String> seen = new HashSet<>();
        for (String name : names) {
            if (!seen.add(name)) {
                throw new IllegalArgumentException("`" + list + "` has `" + name + "` twice");
            }
        }
    }

    private static void requireMember(String list, List<String> names, String name) {
        if (!names.contains(name)) {
            throw new IllegalArgumentException("`names` has `" + name + "`, which `" + list + "` has not");
        }
    }
}
