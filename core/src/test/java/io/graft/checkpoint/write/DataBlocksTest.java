package io.graft.checkpoint.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.CheckpointFile;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataBlocksTest {
    private static final long GIB = 1L << 30;

    private static final DataBlocks.InOrder NOBODY = (data, checksum, start) -> {
        throw new AssertionError("nothing is to be looked at in order");
    };

    @TempDir
    Path temporary;

    private CheckpointFile source;

    @BeforeEach
    void makeALargeFileOfHoles() throws IOException {
        Path file = temporary.resolve("source");
        try (RandomAccessFile holes = new RandomAccessFile(file.toFile(), "rw")) {
            holes.setLength(6 * GIB);
        }
        source = CheckpointFile.of(file);
    }

    @Test
    void cutsATensorBeyondTwoGibibytesAtWholePagesOfTheTarget() throws IOException {
        List<Block> blocks = blocks(computed("before", 520), copied("a", 7, 5 * GIB));
        long end = 520;
        for (Block block : blocks) {
            assertEquals(0, block.at() % Block.LARGEST);
            List<Block.Slice> slices = block.slices();
            Block.Copied copied = (Block.Copied) slices.get(slices.size() - 1);
            assertEquals(7 + end - 520, copied.region().offset());
            end += copied.length();
        }
        assertEquals(520 + 5 * GIB, end);
    }

    @Test
    void readsNeighboursInOneGo() throws IOException {
        List<Block> blocks = blocks(
                copied("a", 10, 20), copied("none", 4, 0), copied("b", 30, 1), copied("c", 32, 5), computed("d", 6));
        assertEquals(1, blocks.size());
        assertEquals(
                List.of(21, 5, 6),
                blocks.get(0).slices().stream().map(Block.Slice::length).toList());
    }

    /** However they lie in it: what begins within a page of the target is slow to be sent from file to file. */
    @Test
    void whatLiesInAFileComesInRowsOfPagesOfTheTarget() throws IOException {
        List<Block> blocks = blocks(
                4 * Block.LARGEST,
                NOBODY,
                copied("a", 7, Block.LARGEST + 5L),
                copied("b", Block.LARGEST + 12L, Block.LARGEST),
                copied("elsewhere", 0, 2),
                computed("c", 3));
        assertEquals(
                List.of(0L, (long) Block.LARGEST, 2L * Block.LARGEST),
                blocks.stream().map(Block::at).toList());
        assertEquals(
                List.of(List.of(Block.LARGEST), List.of(Block.LARGEST), List.of(5, 2, 3)),
                blocks.stream()
                        .map(block ->
                                block.slices().stream().map(Block.Slice::length).toList())
                        .toList());
        Block.Copied second = (Block.Copied) blocks.get(1).slices().get(0);
        assertEquals(7 + Block.LARGEST, second.region().offset());
    }

    /** Large tensors that begin at the same place of a page as in the target, up to whole pages. */
    @Test
    void whatLiesInAFileAsInTheTargetIsSent() throws IOException {
        List<Block> blocks = blocks(
                4 * Block.LARGEST,
                NOBODY,
                computed("a", 520),
                copied("b", 4096 + 520, 6L * Block.LARGEST),
                copied("c", 7, 6L * Block.LARGEST));
        assertEquals(
                List.of(0L, (long) Block.LARGEST, 5L * Block.LARGEST, 6L * Block.LARGEST + 520),
                blocks.stream().map(Block::at).limit(4).toList());
        assertEquals(
                List.of(false, true, true, false),
                blocks.stream().map(block -> block.lying().isPresent()).limit(4).toList());
    }

    /** One tensor at a time; small ones are put together. */
    @Test
    void whatLiesOutsideTheHeapIsWrittenFromThere() throws IOException {
        List<Block> blocks = blocks(
                4 * Block.LARGEST,
                NOBODY,
                computed("a", 5),
                direct("b", 6 * Block.LARGEST),
                direct("c", 3 * Block.LARGEST),
                direct("d", 7));
        assertEquals(
                List.of(0L, (long) Block.LARGEST, 5L * Block.LARGEST, 6L * Block.LARGEST + 5, 9L * Block.LARGEST + 5),
                blocks.stream().map(Block::at).toList());
        assertEquals(
                List.of(false, true, true, true, true),
                blocks.stream().map(block -> block.lying().isPresent()).toList());
        assertEquals(3 * Block.LARGEST, blocks.get(3).lying().orElseThrow().length());
    }

    private static Piece direct(String name, int bytes) {
        return Piece.of(new OutputTensor(
                name, DType.U8, Shape.of(bytes), () -> TensorData.of(ByteBuffer.allocateDirect(bytes))));
    }

    /** Only what nobody looks at may be longer than the memory for a block. */
    @Test
    void tensorsOfWhichAChecksumIsTakenAreNotSent() throws IOException {
        PieceChecksum checksum = new PieceChecksum(5);
        List<Block> blocks = blocks(
                Block.LONGEST,
                NOBODY,
                copied("a", 0, Block.LARGEST - 2L),
                Piece.of(copy("b", Block.LARGEST - 2L, 5), checksum),
                copied("c", Block.LARGEST + 3L, Block.LARGEST));
        assertEquals(
                List.of(0L, (long) Block.LARGEST),
                blocks.stream().map(Block::at).limit(2).toList());
        assertEquals(
                List.of(Block.LARGEST - 2, 2),
                blocks.get(0).slices().stream().map(Block.Slice::length).toList());
        assertEquals(
                List.of(3, Block.LARGEST - 3),
                blocks.get(1).slices().stream().map(Block.Slice::length).toList());
    }

    @Test
    void whatIsLookedAtInOrderStandsBetweenBlocks() throws IOException {
        List<Long> written = new ArrayList<>();
        TensorData inOrder =
                TensorData.computed(new OneReader(), DType.U8, 9, (first, count, room) -> (block, next) -> {});
        DataBlocks.InOrder writer = (data, checksum, at) -> {
            written.add(at);
            return data.byteCount();
        };
        List<Block> blocks = blocks(
                writer,
                computed("a", 3),
                Piece.of(new OutputTensor("b", DType.U8, Shape.of(9), () -> inOrder)),
                computed("c", 4));
        assertEquals(List.of(3L), written);
        assertEquals(List.of(0L, 12L), blocks.stream().map(Block::at).toList());
    }

    /** Nothing comes later for it than it would, except what was read with others. */
    @Test
    void piecesOfOnePassComeTogetherAndTheLongestFirst() throws IOException {
        List<Block> blocks = blocks(
                computed("a", 3),
                ofPass("scales of b", 4, "b"),
                ofPass("scales of c", 4, "c"),
                computed("d", 5),
                ofPass("codes of b", 6, "b"),
                computed("e", 2),
                ofPass("codes of c", 7, "c"));
        assertEquals(
                List.of(0L, 16L, 3L, 24L, 7L, 22L),
                blocks.stream().map(Block::at).toList());
        assertEquals(
                List.of(3, 6, 4, 7, 9, 2),
                blocks.stream()
                        .map(block -> block.slices().stream()
                                .mapToInt(Block.Slice::length)
                                .sum())
                        .toList());
    }

    /** Where most of a file is codes whose scales lie before them. */
    @Test
    void theOrderOfTheFileRepeatsPasses() {
        Piece scales = ofPass("scales of a", 3, "a");
        Piece codes = ofPass("codes of a", 8, "a");
        assertTrue(PlacedPiece.repeatsPasses(List.of(scales, codes)));
        assertFalse(PlacedPiece.repeatsPasses(List.of(codes, scales)));
        assertTrue(PlacedPiece.repeatsPasses(List.of(scales, codes, computed("b", 4))));
        assertFalse(PlacedPiece.repeatsPasses(List.of(scales, codes, computed("b", 5))));
        assertFalse(PlacedPiece.repeatsPasses(List.of(scales, ofPass("codes of b", 8, "b"))));
        assertFalse(PlacedPiece.repeatsPasses(List.of()));
    }

    private static Piece ofPass(String name, int bytes, Object pass) {
        return Piece.of(new OutputTensor(
                name,
                DType.U8,
                Shape.of(bytes),
                () -> TensorData.of(ByteBuffer.allocate(bytes)),
                Optional.empty(),
                Optional.empty(),
                Optional.of(pass)));
    }

    private Piece copied(String name, long offset, long bytes) {
        return Piece.of(copy(name, offset, bytes));
    }

    private OutputTensor copy(String name, long offset, long bytes) {
        return new OutputTensor(name, DType.U8, Shape.of(bytes), () -> source.data(offset, bytes));
    }

    private static Piece computed(String name, int bytes) {
        return Piece.of(
                new OutputTensor(name, DType.U8, Shape.of(bytes), () -> TensorData.of(ByteBuffer.allocate(bytes))));
    }

    private static List<Block> blocks(Piece... pieces) throws IOException {
        return blocks(NOBODY, pieces);
    }

    private static List<Block> blocks(DataBlocks.InOrder inOrder, Piece... pieces) throws IOException {
        return blocks(Block.LARGEST, inOrder, pieces);
    }

    private static List<Block> blocks(int longest, DataBlocks.InOrder inOrder, Piece... pieces) throws IOException {
        List<Block> taken = new ArrayList<>();
        try (SourceFiles sources = new SourceFiles()) {
            DataBlocks blocks =
                    new DataBlocks(PlacedPiece.byPasses(List.of(pieces)), sources, new Object(), inOrder, longest);
            for (Optional<Block> next = blocks.next(); next.isPresent(); next = blocks.next()) {
                taken.add(next.get());
            }
        }
        return taken;
    }

    /** What several threads cannot read at once. */
    private record OneReader() implements TensorData {
        @Override
        public long byteCount() {
            return 0;
        }

        @Override
        public ByteBuffer window(long offset, int length) {
            throw new AssertionError("only planned");
        }

        @Override
        public void transferTo(WritableByteChannel target) {
            throw new AssertionError("only planned");
        }
    }
}
