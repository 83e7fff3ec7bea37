package io.graft.checkpoint.diff;

import java.util.List;
import java.util.Optional;

/**
 * How far the values of two tensors of one shape are apart. They are compared as numbers, whatever their dtypes: NaN equals
 * NaN, and 0 equals -0.
 *
 * @param elements number of elements of each
 * @param equal how many of them are equal
 * @param within how many of them are equal, or apart by no more than is tolerated
 * @param maxAbsolute largest {@code |a - b|}; infinite where only one of two elements is NaN, or where they are different
 *     infinities
 * @param maxRelative largest {@code |a - b| / max(|a|, |b|)}; infinite where the absolute difference is, and where that is no number
 * @param first the first elements, in row-major order, that are apart by more than is tolerated
 * @param specialA elements of {@code a} that are no finite numbers
 * @param specialB elements of {@code b} that are no finite numbers
 */
public record ValueDiff(
        long elements,
        long equal,
        long within,
        double maxAbsolute,
        double maxRelative,
        Optional<FirstDifference> first,
        Special specialA,
        Special specialB) {
    /**
     * The first elements that differ.
     *
     * @param index of the element, outermost dimension first; empty for a scalar
     * @param a the element as text, in the precision of its dtype
     * @param b the element as text, in the precision of its dtype
     */
    public record FirstDifference(List<Long> index, String a, String b) {}

    /** Numbers of elements that are NaN, and that are infinite. */
    public record Special(long nan, long infinite) {
        Special plus(Special more) {
            return new Special(nan + more.nan, infinite + more.infinite);
        }
    }

    /** Whether all values are equal, or apart by no more than is tolerated. */
    public boolean isWithin() {
        return within == elements;
    }

    /** Whether all values are equal. */
    public boolean isEqual() {
        return equal == elements;
    }
}
