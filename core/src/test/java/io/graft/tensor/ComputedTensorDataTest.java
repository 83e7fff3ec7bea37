package io.graft.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.Fixtures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bytes that are computed when they are asked for. */
class ComputedTensorDataTest {
    private static final TensorData NOTHING = TensorData.of(ByteBuffer.allocate(0));

    private final List<Long> asked = new ArrayList<>();
    private long end;
    private final List<ByteBuffer> rooms = new ArrayList<>();

    /** A tensor whose every element is its own place. */
    private TensorData places(DType dtype, long count) {
        return TensorData.computed(NOTHING, dtype, count, (first, elements, room) -> {
            assertTrue(elements > 0, "asked for nothing");
            asked.add(first);
            end = first + elements;
            rooms.add(room);
            long[] place = {first};
            return (block, next) -> {
                ByteBuffer numbers = ByteBuffer.allocate(next * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                for (int i = 0; i < next; i++) {
                    numbers.putLong(place[0]++);
                }
                block.read(DType.I64, numbers.flip(), next);
            };
        });
    }

    @Test
    void aWindowFarIntoAHugeTensorComputesNoMoreThanItsOwnElements() throws IOException {
        long place = 1L << 40;
        ByteBuffer window = places(DType.I64, place + 2).window(place * Long.BYTES - 3, 14);
        assertEquals(List.of(place - 1), asked);
        assertEquals(place + 2, end);
        assertEquals(14, window.remaining());
        assertEquals(place, window.getLong(3));
    }

    @ParameterizedTest
    @CsvSource({"0, 80", "4, 8", "76, 4", "0, 7", "5, 8", "5, 7", "80, 0"})
    void aReadFillsTheBufferWithTheBytesFromThereOn(int offset, int length) throws IOException {
        byte[] all = Fixtures.bytes(Values.of(DType.I32, 20, i -> i));
        ByteBuffer target = ByteBuffer.allocate(100).position(3).limit(3 + length);
        places(DType.I32, 20).read(offset, target);
        assertEquals(3 + length, target.position());
        byte[] expected = new byte[100];
        System.arraycopy(all, offset, expected, 3, length);
        assertArrayEquals(expected, target.array());
    }

    @Test
    void wholeElementsAreComputedWhereTheyAreRead() throws IOException {
        ByteBuffer target = ByteBuffer.allocateDirect(8);
        places(DType.I32, 20).read(4, target);
        assertEquals(1, rooms.size());
        assertTrue(rooms.get(0).isDirect(), "no copy in between");
        assertEquals(8, rooms.get(0).remaining(), "what the elements take");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "131072, 1", "131073, 2", "262144, 2"})
    void aLargeTensorIsComputedInSteps(int count, int steps) throws IOException {
        byte[] expected = Fixtures.bytes(Values.of(DType.I32, count, i -> i));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        places(DType.I32, count).transferTo(Channels.newChannel(bytes));
        assertArrayEquals(expected, bytes.toByteArray());
        assertEquals(steps, asked.size());
        asked.clear();
        assertArrayEquals(expected, Fixtures.bytes(places(DType.I32, count)));
        assertEquals(steps, asked.size());
    }

    @Test
    void aChannelThatTakesLittleAtATimeGetsEverything() throws IOException {
        TensorData inMemory = Values.of(DType.I32, 20, i -> i);
        for (TensorData data : List.of(inMemory, places(DType.I32, 20))) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            data.transferTo(threeAtATime(bytes));
            assertArrayEquals(Fixtures.bytes(inMemory), bytes.toByteArray());
        }
    }

    /** Where numbers go on being computed with, those of 32 bits and more are not rounded on the way. */
    @ParameterizedTest
    @CsvSource({"F64, 0.1", "F32, 0.1", "BF16, 0.10009765625", "F16, 0.0999755859375"})
    void elementsAreTheNumbersThatWereComputed(DType dtype, double expected) throws IOException {
        TensorData tenth = TensorData.computed(
                NOTHING,
                dtype,
                3,
                (first, count, room) -> (block, next) -> block.read(
                        DType.F64, Values.of(DType.F64, next, i -> 0.1).window(0, next * Double.BYTES), next));
        assertEquals(List.of(expected, expected), elements(tenth, dtype, 1, 2, ByteBuffer.allocate(16)));
    }

    @Test
    void elementsAreReadIntoTheRoomWhereItTakesThem() throws IOException {
        TensorData data = Values.of(DType.I32, 5, 6, 7, 8);
        ByteBuffer room = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(List.of(7.0, 8.0), elements(data, DType.I32, 2, 2, room));
        assertEquals(7 + (8L << 32), room.getLong(0));
        assertEquals(List.of(6.0, 7.0, 8.0), elements(data, DType.I32, 1, 3, room), "more than it takes");
    }

    @Test
    void threadsMayShareWhatIsComputedFromWhatTheyMayShare() {
        TensorData shared = Values.of(DType.F32, 1);
        TensorData own = new TensorData() {
            @Override
            public long byteCount() {
                return 4;
            }

            @Override
            public ByteBuffer window(long offset, int length) throws IOException {
                return shared.window(offset, length);
            }

            @Override
            public void transferTo(WritableByteChannel target) throws IOException {
                shared.transferTo(target);
            }
        };
        for (TensorData from : List.of(shared, own)) {
            boolean divisible = from == shared;
            assertEquals(divisible, from.isDivisible());
            assertEquals(divisible, new DTypeConversion(from, DType.F32, DType.F16).isDivisible());
            assertEquals(
                    divisible,
                    TensorData.computed(from, DType.F32, 1, (first, count, room) -> (block, next) -> {})
                            .isDivisible());
        }
    }

    static List<Double> elements(TensorData data, DType dtype, long first, int count, ByteBuffer room)
            throws IOException {
        ElementBlock block = new ElementBlock(count);
        data.elements(dtype, first, count, room).next(block, count);
        ByteBuffer numbers = ByteBuffer.allocate(count * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        block.write(DType.F64, numbers);
        List<Double> elements = new ArrayList<>();
        for (numbers.flip(); numbers.hasRemaining(); ) {
            elements.add(numbers.getDouble());
        }
        return elements;
    }

    private static WritableByteChannel threeAtATime(ByteArrayOutputStream bytes) {
        return new WritableByteChannel() {
            @Override
            public int write(ByteBuffer source) {
                int length = Math.min(3, source.remaining());
                for (int i = 0; i < length; i++) {
                    bytes.write(source.get());
                }
                return length;
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        };
    }
}
