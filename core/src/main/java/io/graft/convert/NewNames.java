package io.graft.convert;

import io.graft.model.RenameRules;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The names that tensors get.
 *
 * @param names for each key its names, several where rules copy a tensor
 * @param notes what was done, a sentence each
 */
record NewNames(Map<String, List<String>> names, List<String> notes) {
    /**
     * Works them out.
     *
     * @throws ConversionException if a prefix or a rule fits no key, or two tensors get one name
     */
    static NewNames of(Collection<String> keys, NameChanges changes) {
        return new Renaming(keys, changes).run();
    }

    private static final class Renaming {
        private final Collection<String> keys;
        private final NameChanges changes;
        private final List<String> notes = new ArrayList<>();

        Renaming(Collection<String> keys, NameChanges changes) {
            this.keys = keys;
            this.changes = changes;
        }

        NewNames run() {
            Map<String, String> stripped = strip();
            Map<String, List<String>> names = rename(stripped);
            changes.addPrefix().ifPresent(prefix -> {
                names.replaceAll((key, own) -> own.stream().map(prefix::concat).toList());
                notes.add("prefix `" + prefix + "` added to " + keys.size() + " keys");
            });
            requireDistinct(names);
            return new NewNames(names, notes);
        }

        private Map<String, String> strip() {
            Map<String, String> stripped = new LinkedHashMap<>();
            String prefix = changes.stripPrefix().orElse("");
            long having = keys.stream().filter(key -> key.startsWith(prefix)).count();
            if (having == 0) {
                throw new ConversionException(
                        ProblemCode.UNMATCHED_RULE,
                        "no key of the checkpoint starts with `" + prefix + "`",
                        "the checkpoint has " + FirstFew.names(keys));
            }
            keys.forEach(key -> stripped.put(key, key.startsWith(prefix) ? key.substring(prefix.length()) : key));
            if (!prefix.isEmpty()) {
                notes.add("prefix `" + prefix + "` stripped from " + having + " of " + keys.size() + " keys");
            }
            return stripped;
        }

        private Map<String, List<String>> rename(Map<String, String> stripped) {
            RenameRules rules = new RenameRules(changes.rename());
            int[] uses = new int[rules.size()];
            Map<String, List<String>> names = new LinkedHashMap<>();
            stripped.forEach((key, text) -> {
                names.put(key, rules.names(text));
                rules.rename(text).forEach(renamed -> uses[renamed.rule()]++);
            });
            rules.unused(stripped.values(), "checkpoint").stream().findFirst().ifPresent(unused -> {
                throw new ConversionException(ProblemCode.UNMATCHED_RULE, unused.message(), unused.help());
            });
            for (int rule = 0; rule < uses.length; rule++) {
                notes.add(rules.words(rule) + ", renamed " + uses[rule] + (uses[rule] == 1 ? " key" : " keys"));
            }
            return names;
        }

        private static void requireDistinct(Map<String, List<String>> names) {
            Map<String, String> holders = new HashMap<>();
            names.forEach((key, own) -> own.forEach(name -> {
                String other = holders.put(name, key);
                if (other != null) {
                    throw new ConversionException(
                            ProblemCode.NAME_COLLISION,
                            "`" + other + "` and `" + key + "` would both be called `" + name + "`",
                            "give one of them another name");
                }
            }));
        }
    }
}
