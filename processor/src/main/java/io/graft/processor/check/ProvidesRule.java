package io.graft.processor.check;

import io.graft.processor.model.ModuleModel;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A module whose descriptor does not name all its providers: on the module path they would not be found. */
public final class ProvidesRule implements Rule<ModuleModel> {
    @Override
    public Report check(ModuleModel module) {
        return Report.when(
                !module.provided().containsAll(module.generated()),
                MistakeCode.MISSING_PROVIDES,
                module.at(),
                // One directive, since a descriptor may have but one for each service.
                "module `%s` must declare: provides %s with %s; (fully qualified, %s)."
                        .formatted(
                                module.name(),
                                module.service(),
                                Stream.concat(module.provided().stream(), module.generated().stream())
                                        .distinct()
                                        .collect(Collectors.joining(", ")),
                                module.generated().size() == 1
                                        ? "the class is generated"
                                        : "the classes are generated"));
    }
}
