package io.graft.djl.tree;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a child or a parameter is called among the others of its block.
 *
 * @param name canonical name
 * @param aliases its other spellings that mean nothing else here
 */
record Sibling(String name, Set<String> aliases) {
    /**
     * Names siblings: each by the first of its spellings that none of the others has as its first, else by the next.
     *
     * @param spellings for each sibling its spellings, the best one first
     * @param taken names that are not free
     */
    static List<Sibling> name(List<List<String>> spellings, Set<String> taken) {
        if (spellings.isEmpty()) {
            return List.of(); // as of every block without children, which are most
        }
        String[] names = new String[spellings.size()];
        Set<String> used = new HashSet<>(taken);
        int longest = spellings.stream().mapToInt(List::size).max().orElse(0);
        for (int choice = 0; choice < longest; choice++) {
            Map<String, List<Integer>> claims = new HashMap<>();
            for (int i = 0; i < names.length; i++) {
                if (names[i] == null && choice < spellings.get(i).size()) {
                    claims.computeIfAbsent(spellings.get(i).get(choice), name -> new ArrayList<>())
                            .add(i);
                }
            }
            claims.forEach((name, claimants) -> {
                if (claimants.size() == 1 && !name.isEmpty() && used.add(name)) {
                    names[claimants.get(0)] = name;
                }
            });
        }
        Map<String, Integer> uses = new HashMap<>();
        spellings.forEach(all -> new HashSet<>(all).forEach(spelling -> uses.merge(spelling, 1, Integer::sum)));
        List<Sibling> siblings = new ArrayList<>();
        for (int i = 0; i < names.length; i++) {
            if (names[i] == null) {
                throw new IllegalArgumentException(
                        "two children are named `" + spellings.get(i).get(0) + "`");
            }
            Set<String> aliases = new TreeSet<>(spellings.get(i));
            aliases.removeIf(alias -> alias.isEmpty() || used.contains(alias) || uses.get(alias) > 1);
            siblings.add(new Sibling(names[i], aliases));
        }
        return siblings;
    }
}
