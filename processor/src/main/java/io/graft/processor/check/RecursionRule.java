package io.graft.processor.check;

import io.graft.processor.model.KeyModel;
import io.graft.processor.model.ModifierModel;
import io.graft.processor.model.OptionsModel;
import io.graft.processor.model.SourceRef;
import io.graft.processor.model.TypeRef;
import io.graft.processor.model.TypeShape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Records that hold themselves directly, so that no file could end. */
final class RecursionRule implements Rule<ModifierModel> {
    @Override
    public Report check(ModifierModel modifier) {
        Set<TypeRef> reported = new HashSet<>();
        return Report.all(modifier.records().stream()
                .map(record -> cycle(modifier, record, record, List.of(record.type()), reported)));
    }

    /** Follows the records that each record must hold, until one comes back to the start. */
    private static Report cycle(
            ModifierModel modifier,
            OptionsModel start,
            OptionsModel record,
            List<TypeRef> path,
            Set<TypeRef> reported) {
        for (KeyModel key : record.keys()) {
            if (!(key.shape() instanceof TypeShape.Nested nested)) {
                continue;
            }
            List<TypeRef> longer = append(path, nested.type());
            if (nested.type().equals(start.type())) {
                return reported.addAll(path) ? recursive(longer, firstStep(start, longer.get(1))) : Report.clean();
            }
            if (!path.contains(nested.type())) {
                Report report = cycle(modifier, start, modifier.record(nested.type()), longer, reported);
                if (!report.mistakes().isEmpty()) {
                    return report;
                }
            }
        }
        return Report.clean();
    }

    private static Report recursive(List<TypeRef> cycle, SourceRef at) {
        return Report.of(
                MistakeCode.RECURSIVE_OPTIONS,
                at,
                "%s is recursive without Optional or List; a file could never satisfy it."
                        .formatted(cycle.stream().map(TypeRef::simpleName).collect(Collectors.joining(" -> "))));
    }

    private static SourceRef firstStep(OptionsModel start, TypeRef next) {
        return start.keys().stream()
                .filter(key -> key.shape().equals(new TypeShape.Nested(next)))
                .findFirst()
                .orElseThrow()
                .at();
    }

    private static List<TypeRef> append(List<TypeRef> path, TypeRef type) {
        List<TypeRef> longer = new ArrayList<>(path);
        longer.add(type);
        return longer;
    }
}
