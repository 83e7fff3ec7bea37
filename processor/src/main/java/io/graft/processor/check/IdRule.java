package io.graft.processor.check;

import io.graft.processor.model.ModifierName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Ids that two modifiers of one compilation share; the second one by class name is reported. */
public final class IdRule implements Rule<List<ModifierName>> {
    @Override
    public Report check(List<ModifierName> modifiers) {
        Map<String, ModifierName> first = new HashMap<>();
        return Report.all(modifiers.stream()
                .map(modifier -> {
                    ModifierName earlier = first.putIfAbsent(modifier.id().text(), modifier);
                    return earlier == null ? null : duplicate(earlier, modifier);
                })
                .filter(Objects::nonNull));
    }

    private static Report duplicate(ModifierName earlier, ModifierName modifier) {
        String place = earlier.place().isEmpty() ? "" : " (" + earlier.place() + ")";
        return Report.of(
                MistakeCode.DUPLICATE_ID,
                modifier.id().at(),
                "id `%s` is already used by %s%s."
                        .formatted(modifier.id().text(), earlier.type().canonicalName(), place));
    }
}
