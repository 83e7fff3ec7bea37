package io.graft.modifiers.transfer;

import io.graft.checkpoint.TensorEntry;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.RenameRules;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the prefixes that make a checkpoint's keys fit a model, with one look at each ending of each name. A prefix is the
 * better the more tensors it fills with values of their own shape, and then the more names it meets at all.
 */
final class PrefixSearch {
    private static final Prefix NONE = new Prefix.None();

    private final ModelDraft model;
    private final RenameRules rules;
    private final Map<Prefix, Score> scores = new LinkedHashMap<>();

    /**
     * How well a prefix fits.
     *
     * @param filled tensors that get values of their own shape
     * @param met tensors that get values of any shape
     */
    record Score(int filled, int met) {
        private static final Comparator<Score> ORDER =
                Comparator.comparingInt(Score::filled).thenComparingInt(Score::met);

        private Score plus(boolean sameShape) {
            return new Score(sameShape ? filled + 1 : filled, met + 1);
        }
    }

    /** The prefixes that fit best, all equally well; no prefix alone if nothing fits. */
    record Best(List<Prefix> prefixes, Score score) {}

    PrefixSearch(ModelDraft model, RenameRules rules) {
        this.model = model;
        this.rules = rules;
    }

    Best search(Collection<TensorEntry> entries) {
        Map<String, TensorEntry> byKey = new LinkedHashMap<>();
        entries.forEach(entry -> byKey.put(entry.name(), entry));
        scores.put(NONE, new Score(0, 0));
        entries.forEach(this::countStripped);
        model.tensors().forEach(tensor -> countAdded(tensor, byKey));
        Score best = scores.values().stream().max(Score.ORDER).orElseThrow();
        if (best.met == 0) {
            return new Best(List.of(NONE), best);
        }
        List<Prefix> prefixes = new ArrayList<>();
        scores.forEach((prefix, score) -> {
            if (score.equals(best)) {
                prefixes.add(prefix);
            }
        });
        return new Best(prefixes, best);
    }

    private void countStripped(TensorEntry entry) {
        String key = entry.name();
        count(NONE, entry, key);
        for (int dot = key.indexOf('.'); dot >= 0; dot = key.indexOf('.', dot + 1)) {
            count(new Prefix.Strip(key.substring(0, dot + 1)), entry, key.substring(dot + 1));
        }
    }

    private void countAdded(DraftTensor tensor, Map<String, TensorEntry> entries) {
        String name = tensor.name();
        for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
            TensorEntry entry = entries.get(name.substring(dot + 1));
            if (entry != null) {
                count(new Prefix.Add(name.substring(0, dot + 1)), entry, name);
            }
        }
    }

    private void count(Prefix prefix, TensorEntry entry, String key) {
        for (String name : rules.names(key)) {
            model.tree().findTensor(name).flatMap(model::find).ifPresent(tensor -> {
                boolean sameShape = tensor.shape().equals(entry.shape());
                scores.merge(prefix, new Score(sameShape ? 1 : 0, 1), (score, one) -> score.plus(sameShape));
            });
        }
    }
}
