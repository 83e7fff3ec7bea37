package io.graft.checkpoint.pytorch;

import io.graft.checkpoint.CheckpointFile;
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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A storage in which some tensors get other values. */
final class NewStorage {
    private final StoredBytes old;
    private final PieceChecksum checksum;
    private final Map<OutputTensor, Placement> placements = new LinkedHashMap<>();
    private final Map<OutputTensor, Long> given = new LinkedHashMap<>();
    private Optional<TensorData> known = Optional.empty();
    private Optional<Long> crc = Optional.empty();

    NewStorage(StoredBytes old) {
        this.old = old;
        this.checksum = new PieceChecksum(old.length());
    }

    /** What it is in its file. */
    StoredBytes old() {
        return old;
    }

    void add(OutputTensor tensor, Placement placement) {
        placements.put(tensor, placement);
    }

    /** Asks for the values at once: the checksum stands before them. */
    void requireChecksumBefore() throws IOException {
        TensorData data = materialize();
        known = Optional.of(data);
        crc = Optional.of(Checksum.of(data));
    }

    Piece piece() {
        OutputTensor all = new OutputTensor(
                old.name(), DType.U8, Shape.of(old.length()), () -> known.isPresent() ? known.get() : materialize());
        return Piece.of(all, checksum);
    }

    Piece checksumPiece() {
        return new Piece.Late(
                Integer.BYTES,
                () -> ByteBuffer.allocate(Integer.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt((int) (crc.isPresent() ? (long) crc.get() : checksum.await()))
                        .array());
    }

    /** A tensor that has not its values in a copy, for another one has elements in common with it. */
    Optional<OutputTensor> otherThanGiven(CheckpointFile copy) throws IOException {
        for (Map.Entry<OutputTensor, Long> tensor : given.entrySet()) {
            Placement placement = placements.get(tensor.getKey());
            if (Checksum.of(placement.in(old.in(copy)).data()) != tensor.getValue()) {
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
