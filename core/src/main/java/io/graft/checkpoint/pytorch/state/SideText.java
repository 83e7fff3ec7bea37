package io.graft.checkpoint.pytorch.state;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Item;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Text;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What stands beside a state dict, as text: scalars, the hyper-parameters of Lightning, and the migrations that others record. */
final class SideText {
    private static final Set<String> NESTED = Set.of("hyper_parameters", "datamodule_hyper_parameters", "migrations");
    private static final int MOST_SCALARS = 10_000;

    private SideText() {}

    /**
     * Texts of the dicts on the way to the state dict; the nearer one counts.
     *
     * @param holders from the top
     * @param warnings gets a sentence on nested values that are too many
     * @throws CheckpointException if there are more scalars than any checkpoint has
     */
    static Map<String, String> of(List<Mapping> holders, List<String> warnings, Refusals refusals) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (Mapping holder : holders) {
            for (Item item : holder.items()) {
                if (!(item.key() instanceof Text key)) {
                    continue;
                }
                if (NESTED.contains(key.value())) {
                    FlatText flat = FlatText.of(key.value(), item.value());
                    texts.putAll(flat.texts());
                    if (flat.isCut()) {
                        warnings.add(Refusals.quote(key.value()) + " holds more than the "
                                + flat.texts().size() + " values shown");
                    }
                } else {
                    FlatText.scalar(item.value()).ifPresent(text -> texts.put(key.value(), text));
                }
                if (texts.size() > MOST_SCALARS) {
                    throw refusals.refused("more than " + MOST_SCALARS + " scalars stand beside the state dict");
                }
            }
        }
        return texts;
    }
}
