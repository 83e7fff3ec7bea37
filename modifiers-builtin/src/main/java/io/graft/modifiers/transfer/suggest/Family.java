package io.graft.modifiers.transfer.suggest;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Units whose names differ in numbers alone, as layers have them.
 *
 * @param name with a {@code #} for each number
 * @param members by their numbers
 */
record Family(String name, List<Unit> members) {
    /** A number that is a segment. */
    private static final Pattern SEGMENT = Pattern.compile("(?<=^|\\.)\\d{1,9}(?=\\.|$)");

    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

    /** Families by the segments that are numbers. */
    static List<Family> numbered(List<Unit> units) {
        return of(units, unit -> SEGMENT.matcher(unit.name()).replaceAll("#"), name -> name);
    }

    /** Families by all numbers, each of one shape. */
    static List<Family> ofOneShape(List<Unit> units) {
        return of(
                units,
                unit -> NUMBER.matcher(unit.name()).replaceAll("#") + " " + unit.signature(),
                key -> key.substring(0, key.indexOf(' ')));
    }

    private static List<Family> of(List<Unit> units, Function<Unit, String> key, Function<String, String> name) {
        Map<String, List<Unit>> families = new LinkedHashMap<>();
        units.forEach(unit -> families.computeIfAbsent(key.apply(unit), same -> new ArrayList<>())
                .add(unit));
        List<Family> all = new ArrayList<>();
        families.forEach((same, members) -> {
            members.sort(Comparator.comparing(Family::numbers, Family::compare));
            all.add(new Family(name.apply(same), members));
        });
        return all;
    }

    private static List<Integer> numbers(Unit unit) {
        return NUMBER.matcher(unit.name())
                .results()
                .map(number -> Integer.valueOf(number.group()))
                .toList();
    }

    private static int compare(List<Integer> one, List<Integer> other) {
        for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
            int order = one.get(i).compareTo(other.get(i));
            if (order != 0) {
                return order;
            }
        }
        return one.size() - other.size();
    }

    /** Whether its members may be those of another one, as far as can be seen from outside. */
    boolean mayBe(Family other) {
        if (members.size() != other.members.size()) {
            return false;
        }
        for (int i = 0; i < members.size(); i++) {
            if (!members.get(i).mayBe(other.members.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Whether its segments have the same numbers as those of another one. */
    boolean hasNumbersOf(Family other) {
        for (int i = 0; i < members.size(); i++) {
            if (!segments(members.get(i)).equals(segments(other.members.get(i)))) {
                return false;
            }
        }
        return true;
    }

    private static List<String> segments(Unit unit) {
        return SEGMENT.matcher(unit.name())
                .results()
                .map(number -> number.group())
                .toList();
    }

    /** Whether numbers of the one tell those of the other: they begin elsewhere at most, or there is one member alone. */
    boolean isCountedAs(Family other) {
        if (members.size() == 1 || hasNumbersOf(other)) {
            return true;
        }
        List<Integer> apart = apart(members.get(0), other.members.get(0));
        for (int i = 0; i < members.size(); i++) {
            if (numbers(members.get(i)).size() != numbers(other.members.get(i)).size()
                    || !apart(members.get(i), other.members.get(i)).equals(apart)) {
                return false;
            }
        }
        return true;
    }

    private static List<Integer> apart(Unit one, Unit other) {
        List<Integer> here = numbers(one);
        List<Integer> there = numbers(other);
        List<Integer> apart = new ArrayList<>();
        for (int i = 0; i < Math.min(here.size(), there.size()); i++) {
            apart.add(there.get(i) - here.get(i));
        }
        return apart;
    }
}
