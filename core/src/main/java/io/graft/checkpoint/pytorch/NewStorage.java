package io.graft.checkpoint.pytorch;

import io.graft.checkpoint.bytes.Checksum;
import io.graft.checkpoint.bytes.StoredBytes;
import io.graft.checkpoint.pytorch.storage.Placement;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.Piece;
import io.graft.checkpoint.write.PieceChecksum;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A storage in which some tensors get other values. */
final class NewStorage {
    private final StoredBytes old;
    private final Map<OutputTensor, Placement> placements = new LinkedHashMap<>();
    private final Map<OutputTensor, Long> given = new LinkedHashMap<>();

    NewStorage(StoredBytes old) {
        this.old = old;
    }

    /** What it is in its file. */
    StoredBytes old() {
        return old;
    }

    void add(OutputTensor tensor, Placement placement) {
        placements.put(tensor, placement);
    }

    Piece piece(PieceChecksum checksum) {
        OutputTensor all = new OutputTensor(old.name(), DType.U8, Shape.of(old.length()), this::materialize);
        return Piece.of(all, checksum);
    }

    /** A tensor that has not its values in a copy, for another one has elements in common with it. */
    Optional<OutputTensor> otherThanGiven(StoredBytes copy) throws IOException {
        for (Map.Entry<OutputTensor, Long> tensor : given.entrySet()) {
            Placement placement = placements.get(tensor.getKey());
            if (Checksum.of(placement.in(copy).data()) != tensor.getValue()) {
                return Optional.of(tensor.getKey());
            }
        }
        return Optional.empty();
    }

    private TensorData materialize() throws IOException {
        Map<Placement, TensorData> values = new LinkedHashMap<>();
        for (Map.Entry<OutputTensor, Placement> place : placements.entrySet()) {
            Piece piece = Piece.of(place.getKey());
            TensorData data = piece.materialize();
            piece.requireLength(data.byteCount());
            if (placements.size() == 1 && place.getValue().fills()) {
                return data;
            }
            given.put(place.getKey(), Checksum.of(data));
            values.put(place.getValue(), data);
        }
        // Compared with its checksum first: the new one would make damaged elements look sound.
        return new RewrittenStorage(old.data(0, old.length()), old.order(), values);
    }
}
