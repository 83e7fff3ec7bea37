package io.graft.lora.method.builtin;

import io.graft.modifiers.lora.matrix.Matrices;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;

/**
 * The random numbers of PyTorch's generator on processors: the Mersenne Twister, started from a number.
 *
 * @see <a href="https://doi.org/10.1145/272991.272995">Mersenne Twister</a>
 */
final class TorchRandom {
    private static final int LENGTH = 624;
    private static final int SHIFT = 397;

    private final int[] state = new int[LENGTH];
    private int next = LENGTH;

    TorchRandom(long seed) {
        state[0] = (int) seed;
        for (int i = 1; i < LENGTH; i++) {
            state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >>> 30)) + i;
        }
    }

    private int draw() {
        if (next == LENGTH) {
            for (int i = 0; i < LENGTH; i++) {
                int two = (state[i] & 0x80000000) | (state[(i + 1) % LENGTH] & 0x7fffffff);
                state[i] = state[(i + SHIFT) % LENGTH] ^ (two >>> 1) ^ ((two & 1) == 0 ? 0 : 0x9908b0df);
            }
            next = 0;
        }
        int bits = state[next++];
        bits ^= bits >>> 11;
        bits ^= (bits << 7) & 0x9d2c5680;
        bits ^= (bits << 15) & 0xefc60000;
        return bits ^ (bits >>> 18);
    }

    /** A 32-bit number between two bounds, of 24 random bits. */
    private float uniform(float from, float to) {
        return Math.fma((draw() & 0xffffff) * 0x1p-24f, to - from, from);
    }

    /** What {@code kaiming_uniform_} makes of a matrix, whose second axis is that of its inputs. */
    TensorData kaimingUniform(Shape shape, DType dtype) {
        float bound = (float) (Math.sqrt(3) * (Math.sqrt(2) / Math.sqrt((double) shape.dimension(1))));
        double[] values = new double[Math.toIntExact(shape.elementCount())];
        for (int i = 0; i < values.length; i++) {
            values[i] = uniform(-bound, bound);
        }
        return Matrices.data(values, dtype);
    }
}
