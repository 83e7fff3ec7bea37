package io.graft.modifiers.transfer;

import java.util.Optional;

/** How a checkpoint's keys become names that rules and the model can know. */
sealed interface Prefix {
    /** The key after the step; empty if it does not take part. */
    Optional<String> apply(String key);

    /** The name before the step. */
    String undo(String name);

    /** For people: {@code `model.` stripped}. */
    String description();

    /** What an option gives to ask for it. */
    String option();

    /** Keys stay as they are. */
    record None() implements Prefix {
        @Override
        public Optional<String> apply(String key) {
            return Optional.of(key);
        }

        @Override
        public String undo(String name) {
            return name;
        }

        @Override
        public String description() {
            return "no prefix";
        }

        @Override
        public String option() {
            return "none";
        }
    }

    /** Keys lose the prefix; one that has it not takes no part. */
    record Strip(String text) implements Prefix {
        @Override
        public Optional<String> apply(String key) {
            return key.startsWith(text) ? Optional.of(key.substring(text.length())) : Optional.empty();
        }

        @Override
        public String undo(String name) {
            return text + name;
        }

        @Override
        public String description() {
            return "`" + text + "` stripped";
        }

        @Override
        public String option() {
            return "\"" + text + "\"";
        }
    }

    /** Keys get the prefix. */
    record Add(String text) implements Prefix {
        @Override
        public Optional<String> apply(String key) {
            return Optional.of(text + key);
        }

        @Override
        public String undo(String name) {
            return name.substring(text.length());
        }

        @Override
        public String description() {
            return "`" + text + "` added";
        }

        @Override
        public String option() {
            return "\"" + text + "\"";
        }
    }
}
