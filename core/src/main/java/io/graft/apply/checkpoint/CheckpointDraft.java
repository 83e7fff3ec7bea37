package io.graft.apply.checkpoint;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.Encoding;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.model.DraftTensor;
import io.graft.model.parametrization.Applied;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.Owner;
import io.graft.model.parametrization.Sharing;
import io.graft.model.storage.CheckpointStorages;
import io.graft.model.training.TensorKind;
import io.graft.tensor.LazyTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The state dict of a checkpoint as a draft begins with it, in the file's order: what is stored as several tensors is one that they
 * belong to.
 */
record CheckpointDraft(Checkpoint checkpoint, CheckpointKinds kinds) {
    List<DraftTensor> tensors() {
        Map<String, DraftTensor> byFirstPart = new HashMap<>();
        Map<String, DraftTensor> owned = new HashMap<>();
        CheckpointStorages storages =
                new CheckpointStorages(Form.ScaledCodes.Kernel.FASTEST, checkpoint.configuration());
        checkpoint.tensors().values().stream()
                .filter(entry -> entry.encoding().isPresent())
                .forEach(entry -> byFirstPart.put(firstPart(entry), stored(entry, owned, storages)));
        List<DraftTensor> tensors = new ArrayList<>();
        for (TensorEntry entry : checkpoint.stored().values()) {
            DraftTensor logical = byFirstPart.get(entry.name());
            DraftTensor part = owned.get(entry.name());
            if (logical != null) {
                tensors.add(logical);
            }
            if (part != null) {
                tensors.add(part);
            } else if (logical == null) {
                tensors.add(kinds.initial(entry));
            }
        }
        checkpoint
                .impliedTie()
                .map(tie -> checkpoint.tensors().get(tie.tensor()).named(tie.name()))
                .filter(head -> head.encoding().isEmpty())
                .ifPresent(head -> tensors.add(kinds.initial(head).implied()));
        return tensors;
    }

    /** Tensors at the top that only say how others are stored: they go with the last of these. */
    private List<String> markers() {
        return checkpoint.section().markers().stream()
                .filter(marker -> checkpoint.stored().containsKey(marker) && marker.indexOf('.') < 0)
                .toList();
    }

    private static String firstPart(TensorEntry logical) {
        return logical.encoding().orElseThrow().stored().get(0).name();
    }

    /**
     * A logical tensor.
     *
     * @param owned gets its parts by name, but for one that has the tensor's own
     */
    private DraftTensor stored(TensorEntry logical, Map<String, DraftTensor> owned, CheckpointStorages storages) {
        Encoding encoding = logical.encoding().orElseThrow();
        Map<String, LazyTensor> parts = encoding.tensors(StoredTensor::initial);
        Map<String, TensorEntry> entries = encoding.parts();
        Map<String, Applied.Owned> slots = new LinkedHashMap<>();
        parts.forEach((slot, value) -> {
            String name = entries.get(slot).name();
            slots.put(slot, new Applied.Owned(name, value));
            if (!name.equals(logical.name())) {
                owned.put(
                        name,
                        DraftTensor.initial(name, Set.of(), TensorKind.BUFFER, false, value)
                                .withOwner(new Owner(logical.name(), "", slot, Sharing.TENSOR)));
            }
        });
        for (String marker : markers()) {
            StoredTensor value = StoredTensor.initial(checkpoint.stored().get(marker));
            slots.put(marker, new Applied.Owned(marker, value));
            owned.computeIfAbsent(
                    marker,
                    name -> DraftTensor.initial(name, Set.of(), TensorKind.BUFFER, false, value)
                            .withOwner(new Owner(logical.name(), "", name, Sharing.ADAPTER)));
        }
        return kinds.initial(logical)
                .withParametrizations(List.of(new Applied("", storages.of(encoding, parts), 1, slots)));
    }
}
