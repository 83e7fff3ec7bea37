package io.graft.processor.render;

import io.graft.processor.model.FormerKeyModel;
import io.graft.processor.model.KeyModel;
import io.graft.processor.model.KeyRelation;
import io.graft.processor.model.Literal;
import io.graft.processor.model.OptionsModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a schema demands of the keys of one object together: one spelling of a key at a time, and their relations. */
final class KeyRules {
    private KeyRules() {}

    /** Every way to write a key, its own name first. */
    static List<String> spellings(KeyModel key) {
        return Stream.concat(key.names(), former(key).stream())
                .flatMap(name -> Stream.of(name, snake(name)))
                .distinct()
                .toList();
    }

    /** The ways to write a key that users should leave, in both spellings. */
    static List<String> former(KeyModel key) {
        return key.life().former().stream()
                .map(FormerKeyModel::name)
                .map(Literal::text)
                .flatMap(name -> Stream.of(name, snake(name)))
                .distinct()
                .toList();
    }

    /** Whether the file must give the key and there is one way to write it. */
    static boolean isPlainlyRequired(KeyModel key) {
        return isRequired(key) && spellings(key).size() == 1;
    }

    /** The rules that no single property can state. */
    static List<Object> of(OptionsModel options) {
        List<Object> rules = new ArrayList<>();
        options.keys().stream()
                .filter(key -> spellings(key).size() > 1)
                .map(KeyRules::oneSpelling)
                .forEach(rules::add);
        options.relations().stream()
                .flatMap(relation -> relation(options, relation))
                .forEach(rules::add);
        return rules;
    }

    private static Map<String, Object> oneSpelling(KeyModel key) {
        List<Object> given =
                new ArrayList<>(spellings(key).stream().map(KeyRules::hasKey).toList());
        if (isRequired(key)) {
            return Ordered.of("oneOf", given);
        }
        if (given.size() == 2) {
            return Ordered.of("not", Ordered.of("required", spellings(key)));
        }
        given.add(Ordered.of("not", hasAny(key)));
        return Ordered.of("oneOf", given);
    }

    private static Stream<Map<String, Object>> relation(OptionsModel options, KeyRelation relation) {
        List<KeyModel> keys = relation.keys().stream()
                .map(Literal::text)
                .flatMap(name -> options.keys().stream().filter(key -> key.key().equals(name)))
                .toList();
        if (relation instanceof KeyRelation.Requires) {
            return Stream.of(Ordered.of("if", hasAny(keys.get(0)), "then", hasAny(keys.get(1))));
        }
        List<Map<String, Object>> pairs = new ArrayList<>();
        for (int one = 0; one < keys.size(); one++) {
            for (int other = one + 1; other < keys.size(); other++) {
                pairs.add(Ordered.of(
                        "not", Ordered.of("allOf", List.of(hasAny(keys.get(one)), hasAny(keys.get(other))))));
            }
        }
        return pairs.stream();
    }

    /** Whether the key is there, however it is written. */
    private static Map<String, Object> hasAny(KeyModel key) {
        List<Map<String, Object>> ways =
                spellings(key).stream().map(KeyRules::hasKey).toList();
        return ways.size() == 1 ? ways.get(0) : Ordered.of("anyOf", ways);
    }

    private static Map<String, Object> hasKey(String name) {
        return Ordered.of("required", List.of(name));
    }

    private static boolean isRequired(KeyModel key) {
        return key.absence() == KeyModel.Absence.REQUIRED;
    }

    private static String snake(String name) {
        return name.replace('-', '_');
    }
}
