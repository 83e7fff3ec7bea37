package io.graft.tensor.expression.bands;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.tensor.LazyTensor;
import io.graft.tensor.TensorData;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.Operation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What bands give is what the plainest evaluation gives, bit by bit, whatever the expression and however it is read. */
class RandomExpressionsTest {
    private static final int EXPRESSIONS = 1000;

    @ParameterizedTest
    @ValueSource(longs = {Computing.MOST_IN_MEMORY, 3})
    void bandsGiveWhatWholeTensorsGive(long mostInMemory) {
        IntStream.range(0, EXPRESSIONS).parallel().forEach(seed -> {
            try {
                compare(seed, mostInMemory);
            } catch (IOException | RuntimeException failed) {
                throw new AssertionError("seed " + seed, failed);
            }
        });
    }

    private static void compare(long seed, long mostInMemory) throws IOException {
        RandomExpressions expressions = new RandomExpressions(seed);
        SplittableRandom random = new SplittableRandom(seed);
        Expression root = expressions.next(1 + random.nextInt(10));
        boolean inverts = root.anyMatch(node ->
                node instanceof Expression.Computed computed && computed.operation() == Operation.Function.INVERSE);
        TensorData expected = new Reference(expressions.below(), expressions.owned())
                .evaluate(root)
                .bytes();
        Leaves leaves = new Leaves(Optional.of(expressions.below()), expressions.owned());
        LazyTensor tensor = new ExpressionTensor(root, "test", leaves, inverts ? 1000 : mostInMemory);
        TensorData actual = tensor.materialize();
        assertEquals(expected.byteCount(), actual.byteCount());
        byte[] all = bytes(expected);
        for (int i = 0; i < 8; i++) {
            int width = root.dtype().bits() / 8;
            int first = random.nextInt(all.length / width + 1);
            int count = i == 0 ? 0 : random.nextInt(all.length / width - first + 1);
            assertSame(all, first * width, actual.window((long) first * width, count * width), width, "seed " + seed);
        }
        assertSame(all, 0, ByteBuffer.wrap(bytes(actual)).order(ByteOrder.LITTLE_ENDIAN), 1, "seed " + seed);
    }

    private static void assertSame(byte[] all, int at, ByteBuffer window, int width, String what) {
        byte[] part = new byte[window.remaining()];
        window.get(part);
        for (int i = 0; i < part.length; i++) {
            assertEquals(all[at + i], part[i], what + ", element " + (at + i) / width + ", byte " + i);
        }
    }

    private static byte[] bytes(TensorData data) throws IOException {
        byte[] bytes = new byte[(int) data.byteCount()];
        data.window(0, bytes.length).get(bytes);
        return bytes;
    }
}
