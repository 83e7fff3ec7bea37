package io.graft.testkit;

import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.ModifierContext;
import io.graft.OptionsConstructor;
import io.graft.SkipReason;
import io.graft.SourceCheckpoint;
import io.graft.config.Default;
import io.graft.config.NotEmpty;
import io.graft.config.Range;
import io.graft.config.RenamedFrom;
import io.graft.model.ModelDraft;
import io.graft.model.tree.Selector;
import io.graft.problem.ProblemCode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Modifiers as an author would write them, with what the processor generates for them. */
public final class Samples {
    private Samples() {}

    /**
     * Options of the demo.
     *
     * @param freeze what to freeze
     * @param maxCount how much may be frozen
     * @param note what to tell
     * @param rename what to rename
     */
    public record DemoOptions(
            @NotEmpty List<Selector> freeze,

            @Default("8") @Range(min = 1) @RenamedFrom(value = "limit", since = "1.1")
            int maxCount,

            Optional<String> note,
            List<Rule> rename) {}

    /**
     * A renaming.
     *
     * @param from the old name
     * @param to the new one
     */
    public record Rule(
            String from,

            @Default("other") @RenamedFrom(value = "new-name", since = "1.2")
            String to) {}

    /** Freezes and renames. */
    @Modifier(value = "demo", aliases = "org.example.Demo")
    public static final class Demo implements ModelModifier {
        private final DemoOptions options;

        public Demo() {
            this(new DemoOptions(List.of(), 0, Optional.empty(), List.of()));
        }

        @OptionsConstructor
        public Demo(DemoOptions options) {
            this.options = options;
        }

        @Override
        public void apply(ModelDraft model, ModifierContext context) {
            options.note().ifPresent(context::warn);
            for (Selector selector : options.freeze()) {
                List<String> selected = model.select(selector).tensors();
                if (selected.isEmpty()) {
                    context.error(
                            ProblemCode.UNMATCHED_SELECTOR,
                            "freeze[0]",
                            "`" + selector + "` matches nothing",
                            "see the names of the model");
                }
                selected.forEach(model::freeze);
            }
            options.rename().forEach(rule -> model.rename(Map.of(rule.from(), rule.to())));
        }
    }

    /** Does nothing. */
    @Modifier("idle")
    public static final class Idle implements ModelModifier {
        @Override
        public void apply(ModelDraft model, ModifierContext context) {}
    }

    /** Fills a model from a file. */
    static final class Loading implements ModelModifier {
        private final Path file;

        Loading(Path file) {
            this.file = file;
        }

        @Override
        public void apply(ModelDraft model, ModifierContext context) {
            SourceCheckpoint source = context.open(file);
            source.checkpoint().tensors().values().forEach(entry -> {
                if (model.find(entry.name()).isPresent()) {
                    model.assign(entry.name(), source.tensor(entry));
                } else {
                    context.skipped(entry.name(), SkipReason.NOT_IN_MODEL, "in " + source.uri());
                }
            });
            model.tensors().stream()
                    .filter(tensor -> !source.checkpoint().tensors().containsKey(tensor.name()))
                    .forEach(tensor -> context.missing(tensor.name()));
        }
    }
}
