package io.graft.torchscript;

import io.graft.checkpoint.pytorch.pickle.PickleValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.TensorValue;
import io.graft.model.DraftTensor;
import io.graft.model.Ties;
import io.graft.torchscript.code.CodeRefusal;
import io.graft.torchscript.pickle.ObjectTree;
import java.io.IOException;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Which tensors of a program cannot be computed in their places: whoever writes there would write where nobody reads, or not all that is read. */
final class PlaceLimits {
    private final ScriptArchive archive;
    private final Ties ties;
    private IdentityHashMap<PickleValue, Integer> uses;

    /**
     * @param ties of the plan's tensors
     */
    PlaceLimits(ScriptArchive archive, Ties ties) {
        this.archive = archive;
        this.ties = ties;
    }

    /**
     * Why a tensor cannot be computed in its place; empty if it can.
     *
     * @throws IOException if code cannot be read
     */
    Optional<String> of(DraftTensor tensor) throws IOException {
        if (tensor.storage().isPresent()) {
            return Optional.of("`" + tensor.name() + "` with "
                    + tensor.storage().get().parametrization().id() + ", whose codes its place cannot hold");
        }
        TensorValue value = archive.find(tensor.origin()).orElseThrow().value();
        if (archive.storages().sameAs(value).size() > 1) {
            return Optional.of("another tensor has elements of `" + tensor.name() + "`");
        }
        List<String> names = Stream.concat(Stream.of(tensor.name()), ties.others(tensor).stream())
                .toList();
        boolean read = false;
        try {
            for (String name : names) {
                Optional<ScriptTensor> place = archive.find(name);
                if (place.isPresent()) {
                    read |= isRead(place.get());
                }
            }
        } catch (CodeRefusal refused) {
            return Optional.of(refused.getMessage());
        }
        return read || uses().getOrDefault(value, 0) > names.size()
                ? Optional.empty()
                : Optional.of("no method reads `" + tensor.name() + "`");
    }

    private boolean isRead(ScriptTensor place) throws IOException {
        IdentityHashMap<Opaque, Set<String>> field = new IdentityHashMap<>();
        field.put(place.module(), Set.of(place.field()));
        return WeightReaders.ofPlaces(archive, field).isRead(place.module(), place.field());
    }

    private IdentityHashMap<PickleValue, Integer> uses() {
        if (uses == null) {
            uses = ObjectTree.uses(archive.root());
        }
        return uses;
    }
}
