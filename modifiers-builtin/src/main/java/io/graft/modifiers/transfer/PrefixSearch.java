package io.graft.modifiers.transfer;

import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.rules.RuledTensor;
import io.graft.model.rules.Rules;
import io.graft.tensor.LazyTensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the prefixes that make a checkpoint's names fit a model, with one look at each ending of each name. A prefix is the
 * better the more tensors it fills with values of their own shape, then the more names it meets at all, and then the more it meets
 * without rules. Rules count under every prefix in either spelling of a name, so that how they are written does not decide it.
 */
final class PrefixSearch {
    private static final Prefix NONE = new Prefix.None();

    private final ModelNames names;
    private final ModelDraft model;
    private final Rules rules;
    private final Map<Prefix, Score> scores = new LinkedHashMap<>();

    /**
     * How well a prefix fits.
     *
     * @param filled tensors that get values of their own shape
     * @param met tensors that get values of any shape
     * @param plain tensors that get values of any shape without rules
     */
    record Score(int filled, int met, int plain) {
        private static final Score ZERO = new Score(0, 0, 0);
        private static final Comparator<Score> ORDER = Comparator.comparingInt(Score::filled)
                .thenComparingInt(Score::met)
                .thenComparingInt(Score::plain);

        private Score plus(boolean sameShape) {
            return new Score(sameShape ? filled + 1 : filled, met + 1, plain + 1);
        }
    }

    /** The prefixes that fit best, all equally well; no prefix alone if nothing fits. */
    record Best(List<Prefix> prefixes, Score score) {}

    PrefixSearch(ModelDraft model, Rules rules) {
        this.model = model;
        this.names = new ModelNames(model);
        this.rules = rules;
    }

    Best search(SourceTensors tensors) {
        scores.put(NONE, Score.ZERO);
        tensors.values().forEach(this::countStripped);
        model.tensors().forEach(tensor -> countAdded(tensor, tensors.values()));
        if (!rules.isEmpty()) {
            countRuled(tensors);
        }
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
        // Rules that name all that fits need no prefix.
        return best.plain == 0 && prefixes.contains(NONE) ? new Best(List.of(NONE), best) : new Best(prefixes, best);
    }

    private void countStripped(String name, LazyTensor value) {
        count(NONE, value, name);
        for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
            count(new Prefix.Strip(name.substring(0, dot + 1)), value, name.substring(dot + 1));
        }
    }

    private void countAdded(DraftTensor tensor, Map<String, LazyTensor> values) {
        String name = tensor.name();
        for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
            LazyTensor value = values.get(name.substring(dot + 1));
            if (value != null) {
                count(new Prefix.Add(name.substring(0, dot + 1)), value, name);
            }
        }
    }

    private void count(Prefix prefix, LazyTensor value, String name) {
        names.find(name)
                .ifPresent(tensor -> scores.merge(
                        prefix,
                        Score.ZERO.plus(tensor.shape().equals(value.shape())),
                        (score, one) -> score.plus(one.filled == 1)));
    }

    /** Counts again with the rules: without a prefix, with each that may be stripped, and with the best that may be added. */
    private void countRuled(SourceTensors tensors) {
        Map<Prefix, Map<String, LazyTensor>> prefixed = new LinkedHashMap<>();
        prefixed.put(NONE, tensors.values());
        tensors.values().forEach((name, value) -> {
            for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
                prefixed.computeIfAbsent(new Prefix.Strip(name.substring(0, dot + 1)), unused -> new LinkedHashMap<>())
                        .put(name.substring(dot + 1), value);
            }
        });
        added().forEach(prefix -> {
            Map<String, LazyTensor> with = new LinkedHashMap<>();
            tensors.values().forEach((name, value) -> with.put(prefix.text() + name, value));
            prefixed.put(prefix, with);
        });
        prefixed.forEach((prefix, values) -> {
            Score ruled = ruled(prefix, values, tensors);
            if (ruled.met > 0) {
                scores.put(prefix, ruled);
            }
        });
    }

    private List<Prefix.Add> added() {
        List<Prefix.Add> added = new ArrayList<>();
        Optional<Score> best = scores.entrySet().stream()
                .filter(each -> each.getKey() instanceof Prefix.Add)
                .map(Map.Entry::getValue)
                .max(Score.ORDER);
        scores.forEach((prefix, score) -> {
            if (prefix instanceof Prefix.Add add && best.filter(score::equals).isPresent()) {
                added.add(add);
            }
        });
        return added;
    }

    private Score ruled(Prefix prefix, Map<String, LazyTensor> values, SourceTensors tensors) {
        int filled = 0;
        int met = 0;
        for (RuledTensor tensor : rules.tensors(values, name -> tensors.keys().get(prefix.undo(name)))) {
            Optional<DraftTensor> target = names.find(tensor.name());
            met += target.isPresent() ? 1 : 0;
            filled += target.filter(found -> found.shape().equals(tensor.value().shape()))
                            .isPresent()
                    ? 1
                    : 0;
        }
        return new Score(filled, met, scores.getOrDefault(prefix, Score.ZERO).plain);
    }
}
