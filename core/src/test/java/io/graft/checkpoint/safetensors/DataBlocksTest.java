package io.graft.checkpoint.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.write.OutputTensor;
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
        List<Block> blocks = blocks(520, copied("a", 7, 5 * GIB));
        assertEquals(520, blocks.get(0).at());
        long end = 520;
        for (Block block : blocks) {
            assertEquals(end, block.at());
            assertTrue(block.at() == 520 || block.at() % Block.LARGEST == 0);
            Block.Copied copied = (Block.Copied) block.slices().get(0);
            assertEquals(7 + end - 520, copied.region().offset());
            end += copied.length();
        }
        assertEquals(520 + 5 * GIB, end);
    }

    @Test
    void readsNeighboursInOneGo() throws IOException {
        List<Block> blocks = blocks(
                0, copied("a", 10, 20), copied("none", 4, 0), copied("b", 30, 1), copied("c", 32, 5), computed("d", 6));
        assertEquals(1, blocks.size());
        assertEquals(
                List.of(21, 5, 6),
                blocks.get(0).slices().stream().map(Block.Slice::length).toList());
    }

    @Test
    void whatIsLookedAtInOrderStandsBetweenBlocks() throws IOException {
        List<Long> written = new ArrayList<>();
        TensorData inOrder = TensorData.computed(new OneReader(), DType.U8, 9, (first, count, target) -> {});
        DataBlocks.InOrder writer = (data, at) -> {
            written.add(at);
            return data.byteCount();
        };
        List<Block> blocks = blocks(
                8,
                writer,
                computed("a", 3),
                new OutputTensor("b", DType.U8, Shape.of(9), () -> inOrder),
                computed("c", 4));
        assertEquals(List.of(11L), written);
        assertEquals(List.of(8L, 20L), blocks.stream().map(Block::at).toList());
    }

    private OutputTensor copied(String name, long offset, long bytes) {
        return new OutputTensor(name, DType.U8, Shape.of(bytes), () -> source.data(offset, bytes));
    }

    private static OutputTensor computed(String name, int bytes) {
        return new OutputTensor(name, DType.U8, Shape.of(bytes), () -> TensorData.of(ByteBuffer.allocate(bytes)));
    }

    private static List<Block> blocks(long at, OutputTensor... tensors) throws IOException {
        return blocks(
                at,
                (data, start) -> {
                    throw new AssertionError("nothing is to be looked at in order");
                },
                tensors);
    }

    private static List<Block> blocks(long at, DataBlocks.InOrder inOrder, OutputTensor... tensors) throws IOException {
        List<Block> taken = new ArrayList<>();
        try (SourceFiles sources = new SourceFiles()) {
            DataBlocks blocks = new DataBlocks(List.of(tensors), at, sources, new Object(), inOrder);
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
