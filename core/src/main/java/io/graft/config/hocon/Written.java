package io.graft.config.hocon;

import java.util.List;
import java.util.Map;

/** A value as it is written, before substitutions are resolved. */
sealed interface Written {
    /** Where values have no path: inside of a list. */
    List<String> NOWHERE = List.of("");

    /** How large the value becomes. */
    long size(List<String> path, Substitutions all);

    /** Whether nothing is left of what was written before at the same path. */
    default boolean replaces() {
        return false;
    }

    /** What is written at a key of the value. */
    List<Written> member(String key, Substitutions all);

    /** A text, a number, a boolean or null. */
    record Scalar(int length) implements Written {
        @Override
        public boolean replaces() {
            return true;
        }

        @Override
        public long size(List<String> path, Substitutions all) {
            return 1L + length;
        }

        @Override
        public List<Written> member(String key, Substitutions all) {
            return List.of();
        }
    }

    /** A substitution. */
    record Reference(List<String> target) implements Written {
        @Override
        public long size(List<String> path, Substitutions all) {
            return all.sum(1, all.sizeAt(target));
        }

        @Override
        public List<Written> member(String key, Substitutions all) {
            return all.at(Substitutions.below(target, key));
        }
    }

    /** The elements of a list, or values that stand side by side. */
    record Several(boolean list, List<Written> values) implements Written {
        @Override
        public boolean replaces() {
            return list;
        }

        @Override
        public long size(List<String> path, Substitutions all) {
            long size = 1;
            for (Written value : values) {
                size = all.sum(size, value.size(list ? NOWHERE : path, all));
            }
            return size;
        }

        @Override
        public List<Written> member(String key, Substitutions all) {
            return list
                    ? List.of()
                    : values.stream()
                            .flatMap(value -> value.member(key, all).stream())
                            .toList();
        }
    }

    /** An object; a key may be written several times. */
    record Members(Map<String, List<Written>> values) implements Written {
        @Override
        public long size(List<String> path, Substitutions all) {
            long size = 1;
            for (Map.Entry<String, List<Written>> entry : values.entrySet()) {
                size = all.sum(size, entry.getKey().length());
                if (path.equals(NOWHERE)) {
                    for (Written value : entry.getValue()) {
                        size = all.sum(size, value.size(NOWHERE, all));
                    }
                } else {
                    size = all.sum(size, all.sizeAt(Substitutions.below(path, entry.getKey())));
                }
            }
            return size;
        }

        @Override
        public List<Written> member(String key, Substitutions all) {
            return values.getOrDefault(key, List.of());
        }
    }
}
