package io.graft.apply;

import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.ModifierContext;
import io.graft.model.ModelDraft;
import io.graft.problem.ProblemCode;
import java.util.List;
import java.util.Optional;

/** Freezes tensors by name. */
@Modifier("keeping")
public final class Keeping implements ModelModifier {
    private final KeepingOptions options;

    Keeping(KeepingOptions options) {
        this.options = options;
    }

    static Keeping of(String... tensors) {
        return new Keeping(new KeepingOptions(List.of(tensors), "hush-hush-hush", true));
    }

    @Override
    public Optional<Record> options() {
        return Optional.of(options);
    }

    @Override
    public void apply(ModelDraft model, ModifierContext context) {
        for (int i = 0; i < options.tensors().size(); i++) {
            String name = options.tensors().get(i);
            if (model.find(name).isPresent()) {
                model.freeze(name);
            } else if (options.strict()) {
                context.error(
                        ProblemCode.UNMATCHED_SELECTOR,
                        "tensors[" + i + "]",
                        "no tensor `" + name + "`, says " + options.token(),
                        "name one");
            }
        }
    }
}
