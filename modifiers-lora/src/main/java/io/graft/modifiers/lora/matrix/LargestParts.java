package io.graft.modifiers.lora.matrix;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.ejml.data.DMatrixRMaj;

/**
 * The largest parts of a matrix, without the rest of its singular value decomposition: a block Lanczos method from a random start, which
 * keeps its whole basis orthogonal. Each block costs two products with a thin matrix, and all parts come nearer with it; those that stand
 * out are there after two.
 *
 * @see <a href="https://doi.org/10.1145/355945.355946">Golub, Luk and Overton, A block Lanczos method for computing the singular values and
 *     corresponding singular vectors of a matrix</a>
 */
public final class LargestParts {
    /** Of a value: what the last block may have moved it by. */
    private static final double SETTLED = 1e-5;

    /** Of the largest value: what 32 bits do not tell. */
    private static final double ROUNDING = 1e-6;

    private final FloatMatrix matrix;
    private final boolean isTurned;
    private final int together;
    private final Random random;
    private final OrthogonalVectors basis = new OrthogonalVectors();
    private final List<float[]> images = new ArrayList<>();
    private final GramMatrix products = new GramMatrix();
    private float[][] directions;
    private GramMatrix.Parts parts = GramMatrix.Parts.NONE;
    private double[] before = new double[0];
    private boolean areAll;

    /**
     * None yet.
     *
     * @param together so many are looked for at a time: a few more than are wanted, at most the height and the width
     * @param random where the directions to start with come from
     */
    public LargestParts(FloatMatrix matrix, int together, Random random) {
        this.isTurned = matrix.height() > matrix.width();
        this.matrix = isTurned ? matrix.turned() : matrix;
        this.together = together;
        this.random = random;
        this.directions = drawn();
    }

    /**
     * Looks at another block.
     *
     * @throws ArithmeticException if the values do not converge
     */
    public void look() throws IOException {
        int known = basis.size();
        basis.add(matrix.times(directions));
        if (basis.size() == known) {
            // all that follows from the start is there, but the matrix may do more to what the start has nothing of
            basis.add(matrix.times(drawn()));
        }
        areAll = basis.size() == known || basis.size() == matrix.height();
        if (basis.size() == known) {
            return;
        }
        float[][] found = basis.from(known);
        float[][] seen = matrix.transposedTimes(found);
        for (float[] image : seen) {
            images.add(image);
            products.add(image);
        }
        directions = OrthogonalVectors.of(seen).all();
        before = parts.values();
        parts = products.parts();
    }

    /** Whether there are no others. */
    public boolean areAll() {
        return areAll;
    }

    /** How large those are that are known, the largest first. */
    public double[] values() {
        return parts.values();
    }

    /** Whether so many of the largest are as they were without the last block, or all are known. */
    public boolean areSettled(int count) {
        if (areAll) {
            return true;
        }
        double[] values = parts.values();
        for (int i = 0; i < count; i++) {
            if (i >= before.length || values[i] - before[i] > SETTLED * values[i] + ROUNDING * values[0]) {
                return false;
            }
        }
        return true;
    }

    /** So many of the largest. */
    public Singular largest(int count) throws IOException {
        float[][] shares = parts.shares(count);
        double[] sizes = parts.values();
        DMatrixRMaj left = FloatMatrix.standing(ThinProducts.sums(basis.all(), shares));
        DMatrixRMaj right = FloatMatrix.standing(ThinProducts.sums(images.toArray(float[][]::new), shares));
        DMatrixRMaj values = new DMatrixRMaj(count, count);
        for (int i = 0; i < count; i++) {
            double value = sizes[i];
            values.set(i, i, value);
            for (int row = 0; row < right.numRows; row++) {
                right.set(row, i, value == 0 ? 0 : right.get(row, i) / value);
            }
        }
        return isTurned ? new Singular(right, values, left) : new Singular(left, values, right);
    }

    private float[][] drawn() {
        float[][] drawn = new float[together][matrix.width()];
        for (float[] direction : drawn) {
            for (int i = 0; i < direction.length; i++) {
                direction[i] = (float) random.nextGaussian();
            }
        }
        return drawn;
    }
}
