package io.graft.checkpoint.safetensors;

import io.graft.checkpoint.FileRegion;
import io.graft.checkpoint.TensorName;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The data of one file's tensors as blocks, which threads take in the file's order. A tensor is asked for its bytes when its
 * turn comes. One that must be looked at in order is no block: whoever comes to it writes all of it.
 */
final class DataBlocks {
    /** Takes a tensor that must be looked at in order, and gives back how many bytes it had. */
    @FunctionalInterface
    interface InOrder {
        long write(TensorData data, long at) throws IOException;
    }

    private final Iterator<OutputTensor> tensors;
    private final SourceFiles sources;
    private final Object turn;
    private final InOrder inOrder;
    private OutputTensor tensor;
    private TensorData data;
    private Optional<FileRegion> region = Optional.empty();
    private long done;
    private long bytes;
    private long at;

    /**
     * @param at where the data begin in the file
     * @param turn held while a tensor is asked, by the blocks of all files: only one is asked at a time
     */
    DataBlocks(List<OutputTensor> tensors, long at, SourceFiles sources, Object turn, InOrder inOrder) {
        this.tensors = tensors.iterator();
        this.at = at;
        this.sources = sources;
        this.turn = turn;
        this.inOrder = inOrder;
    }

    /** The next block; empty at the end. */
    synchronized Optional<Block> next() throws IOException {
        List<Block.Slice> slices = new ArrayList<>(1);
        long start = at;
        long end = Block.endOf(start);
        while (at < end && findTensor()) {
            if (region.isEmpty() && !data.isDivisible()) {
                if (!slices.isEmpty()) {
                    break;
                }
                writeInOrder();
                start = at;
                end = Block.endOf(start);
            } else {
                int length = (int) Math.min(end - at, bytes - done);
                add(length, slices);
                done += length;
                at += length;
            }
        }
        return slices.isEmpty() ? Optional.empty() : Optional.of(new Block(start, slices));
    }

    /** Whether a tensor has bytes left; moves to the one that has. */
    private boolean findTensor() throws IOException {
        while (done == bytes) {
            if (!tensors.hasNext()) {
                return false;
            }
            tensor = tensors.next();
            TensorData asked;
            synchronized (turn) {
                asked = tensor.data().materialize();
                region = FileRegion.of(asked);
            }
            // Before the tensor counts as found: others who come to it would not know that it was refused.
            requireBytes(asked.byteCount());
            data = asked;
            bytes = asked.byteCount();
            done = 0;
        }
        return true;
    }

    private void add(int length, List<Block.Slice> slices) throws IOException {
        if (region.isEmpty()) {
            slices.add(new Block.Computed(data, done, length));
            return;
        }
        FileRegion part = region.get().part(done, length);
        int last = slices.size() - 1;
        if (last >= 0
                && slices.get(last) instanceof Block.Copied before
                && before.region().isFollowedBy(part)) {
            slices.set(last, new Block.Copied(before.source(), before.region().with(part)));
        } else {
            slices.add(new Block.Copied(sources.open(part.file()), part));
        }
    }

    private void writeInOrder() throws IOException {
        synchronized (turn) {
            requireBytes(inOrder.write(data, at));
        }
        at += bytes;
        done = bytes;
    }

    private void requireBytes(long actual) {
        long expected = tensor.dtype().byteCount(tensor.shape());
        if (actual != expected) {
            throw new IllegalStateException("tensor '" + TensorName.printable(tensor.name()) + "' came with " + actual
                    + " bytes, but " + tensor.dtype() + " " + tensor.shape() + " takes " + expected);
        }
    }
}
