package io.graft.checkpoint.write;

import io.graft.checkpoint.FileRegion;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The pieces of one file as blocks, which threads take in the order of the pieces. A piece is asked for its bytes when its turn
 * comes. One that must be looked at in order is no block: whoever comes to it writes all of it.
 */
final class DataBlocks {
    /** Takes bytes that must be looked at in order, and gives back how many there were. */
    @FunctionalInterface
    interface InOrder {
        long write(TensorData data, Optional<PieceChecksum> checksum, long at) throws IOException;
    }

    private final List<PlacedPiece> pieces;
    private final SourceFiles sources;
    private final Object turn;
    private final InOrder inOrder;
    private final int longest;
    private int found;
    private Piece piece;
    private TensorData data;
    private Optional<FileRegion> region = Optional.empty();
    private long done;
    private long bytes;

    /** Where what is not done of the piece begins in the file. */
    private long at;

    /**
     * @param turn held while a piece is asked, by the blocks of all files: only one is asked at a time
     * @param longest most bytes of a block that is written from where it lies
     */
    DataBlocks(List<PlacedPiece> pieces, SourceFiles sources, Object turn, InOrder inOrder, int longest) {
        this.pieces = pieces;
        this.sources = sources;
        this.turn = turn;
        this.inOrder = inOrder;
        this.longest = longest;
    }

    /** The next block; empty at the end. */
    synchronized Optional<Block> next() throws IOException {
        while (findPiece()) {
            if (!isInOrder()) {
                return Optional.of(isLying() ? lying() : pages());
            }
            writeInOrder();
        }
        return Optional.empty();
    }

    private boolean isInOrder() {
        return region.isEmpty() && !data.isDivisible();
    }

    /** Whether it is best written from where it lies, and more than what other tensors may be put together with. */
    private boolean isLying() {
        boolean suits =
                region.map(from -> Block.isAligned(from.offset() + done, at)).orElse(data.isDirect());
        return suits && piece.checksum().isEmpty() && bytes - done > Block.endOf(at) - at;
    }

    private Block lying() throws IOException {
        return new Block(at, List.of(take(Block.endOf(at + longest - Block.LARGEST))));
    }

    /** Whatever comes up to the end of a row of pages. */
    private Block pages() throws IOException {
        List<Block.Slice> slices = new ArrayList<>(1);
        long start = at;
        long end = Block.endOf(start);
        for (long next = start; next < end && goesOn() && findPiece() && at == next && !isInOrder(); next = at) {
            add(take(end), slices);
        }
        return new Block(start, slices);
    }

    /** Whether a block may go on with what comes next, before its own bytes are there. */
    private boolean goesOn() {
        return done < bytes || (found < pieces.size() && !pieces.get(found).follows());
    }

    /** Whether a piece has bytes left; moves to the one that has. */
    private boolean findPiece() throws IOException {
        while (done == bytes) {
            if (found == pieces.size()) {
                return false;
            }
            PlacedPiece placed = pieces.get(found++);
            piece = placed.piece();
            TensorData asked;
            synchronized (turn) {
                asked = piece.materialize();
                region = FileRegion.of(asked);
            }
            // Before the piece counts as found: others who come to it would not know that it was refused.
            piece.requireLength(asked.byteCount());
            data = asked;
            bytes = asked.byteCount();
            done = 0;
            at = placed.at();
        }
        return true;
    }

    /** What is not done of the piece, up to a place in the file. */
    private Block.Slice take(long end) throws IOException {
        int length = (int) Math.min(end - at, bytes - done);
        Block.Slice slice = slice(length);
        done += length;
        at += length;
        return slice;
    }

    private static void add(Block.Slice slice, List<Block.Slice> slices) {
        int last = slices.size() - 1;
        if (last >= 0
                && slices.get(last) instanceof Block.Copied before
                && slice instanceof Block.Copied next
                && before.region().isFollowedBy(next.region())) {
            slices.set(last, new Block.Copied(before.source(), before.region().with(next.region())));
        } else {
            slices.add(slice);
        }
    }

    private Block.Slice slice(int length) throws IOException {
        if (piece instanceof Piece.Late) {
            return new Block.Late(data, done, length);
        }
        Block.Slice slice;
        if (region.isEmpty()) {
            slice = data.isDirect() ? new Block.Held(data, done, length) : new Block.Computed(data, done, length);
        } else {
            FileRegion part = region.get().part(done, length);
            slice = new Block.Copied(sources.open(part.file()), part);
        }
        return piece.checksum().isPresent()
                ? new Block.Checked(slice, done, piece.checksum().get())
                : slice;
    }

    private void writeInOrder() throws IOException {
        synchronized (turn) {
            piece.requireLength(inOrder.write(data, piece.checksum(), at));
        }
        at += bytes;
        done = bytes;
    }
}
