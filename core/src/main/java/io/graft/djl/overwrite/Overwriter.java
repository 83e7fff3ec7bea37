package io.graft.djl.overwrite;

import ai.djl.ndarray.NDArray;
import io.graft.djl.array.ArraySlab;
import io.graft.djl.array.Slab;
import io.graft.djl.array.WeightWriter;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Puts values in the place of others, which it logs. Slabs are cut into pieces for all processors, and the next one is begun while
 * the last pieces of the one before are under way; but arrays that may share memory are written one after the other, so that what
 * was to be written last stays. Used by one thread, and closed before anything is undone.
 */
public final class Overwriter implements AutoCloseable {
    /** Bytes logged and overwritten at a time: a multiple of every element's width. */
    private static final int PIECE = 1 << 20;

    private final Crew crew;
    private final UndoLog undo;
    private final Deque<Opened> underWay = new ArrayDeque<>();

    public Overwriter(Crew crew, UndoLog undo) {
        this.crew = crew;
        this.undo = undo;
    }

    private record Opened(ArraySlab open, List<CompletableFuture<Void>> pieces) {}

    /**
     * Begins to overwrite an array.
     *
     * @param tensor whose array it is
     * @param values bytes of the array's own dtype and shape
     */
    public void write(String tensor, NDArray array, TensorData values) throws IOException {
        for (Slab place : WeightWriter.slabs(array)) {
            ArraySlab open = open(array, place);
            Opened slab = new Opened(open, new ArrayList<>());
            underWay.add(slab);
            boolean whole = open.isCopy() || !values.isDivisible();
            int step = whole ? place.length() : PIECE;
            for (long done = 0; done < place.length(); done += step) {
                int from = (int) done;
                int length = (int) Math.min(step, place.length() - done);
                slab.pieces().add(crew.submit(() -> {
                    ByteBuffer bytes = open.bytes().slice(from, length);
                    undo.saveValues(tensor, array, place, from, bytes.duplicate());
                    values.read(place.offset() + from, bytes);
                }));
            }
            while (underWay.size() > (whole ? 0 : 1)) {
                finishFirst();
            }
        }
    }

    /** Waits until everything is written. */
    public void finish() throws IOException {
        while (!underWay.isEmpty()) {
            finishFirst();
        }
    }

    /** Leaves what is under way as soon as no thread works on it. */
    @Override
    public void close() {
        for (Opened slab : underWay) {
            CompletableFuture.allOf(slab.pieces().toArray(CompletableFuture[]::new))
                    .exceptionally(failed -> null)
                    .join();
            slab.open().close();
        }
    }

    private ArraySlab open(NDArray array, Slab place) throws IOException {
        ArraySlab open = ArraySlab.open(array, place);
        if (underWay.stream().noneMatch(slab -> open.mayShareMemory(slab.open()))) {
            return open;
        }
        open.close();
        finish();
        return ArraySlab.open(array, place);
    }

    private void finishFirst() throws IOException {
        Opened first = underWay.element();
        Crew.await(first.pieces());
        underWay.remove();
        try (ArraySlab written = first.open()) {
            written.store();
        }
    }
}
