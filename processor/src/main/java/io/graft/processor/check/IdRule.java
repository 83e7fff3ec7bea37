package io.graft.processor.check;

import io.graft.processor.model.PlugName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Ids that two plugs of one compilation share; the second one by class name is reported. */
public final class IdRule implements Rule<List<PlugName>> {
    @Override
    public Report check(List<PlugName> modifiers) {
        Map<String, PlugName> first = new HashMap<>();
        return Report.all(modifiers.stream()
                .map(plug -> {
                    PlugName earlier = first.putIfAbsent(plug.id().text(), plug);
                    return earlier == null ? null : duplicate(earlier, plug);
                })
                .filter(Objects::nonNull));
    }

    private static Report duplicate(PlugName earlier, PlugName plug) {
        String place = earlier.place().isEmpty() ? "" : " (" + earlier.place() + ")";
        return Report.of(
                MistakeCode.DUPLICATE_ID,
                plug.id().at(),
                "id `%s` is already used by %s%s."
                        .formatted(plug.id().text(), earlier.type().canonicalName(), place));
    }
}
