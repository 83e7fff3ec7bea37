package io.graft.modifiers.names;

import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Names as messages show them. */
public final class NameText {
    private static final int AT_MOST = 4;

    private NameText() {}

    /** {@code did you mean `encoder.data` or `decoder.data`?}; empty if there is none. */
    public static Optional<String> names(List<String> nearest) {
        return nearest.isEmpty()
                ? Optional.empty()
                : Optional.of("did you mean "
                        + nearest.stream().map(NameText::quoted).collect(Collectors.joining(" or ")) + "?");
    }

    /** The first segments of the model's names. */
    public static String topLevel(ModelDraft model) {
        return some(model.tensors().stream()
                .map(DraftTensor::name)
                .map(name -> name.contains(".") ? name.substring(0, name.indexOf('.')) : name)
                .distinct()
                .toList());
    }

    /** Every name, quoted. */
    public static String all(Collection<String> names) {
        return names.stream().map(NameText::quoted).collect(Collectors.joining(", "));
    }

    /** The first few names, quoted, and how many more there are. */
    public static String some(List<String> names) {
        String first = all(names.subList(0, Math.min(AT_MOST, names.size())));
        return names.size() <= AT_MOST ? first : first + " and " + (names.size() - AT_MOST) + " more";
    }

    private static String quoted(String name) {
        return "`" + name + "`";
    }
}
