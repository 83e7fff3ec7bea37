package io.graft.models.parts;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;

/** The two layers that residual networks are made of. */
public final class ConvNorm {
    private ConvNorm() {}

    /** A square kernel, padded so that a stride of 1 keeps height and width; no bias, since normalization follows. */
    public static Block conv(int filters, int kernel, int stride) {
        return Conv2d.builder()
                .setFilters(filters)
                .setKernelShape(new Shape(kernel, kernel))
                .optStride(new Shape(stride, stride))
                .optPadding(new Shape(kernel / 2, kernel / 2))
                .optBias(false)
                .build();
    }

    /** Of each channel; running statistics move by a tenth of the way. */
    public static Block norm() {
        return BatchNorm.builder().optMomentum(0.9f).optEpsilon(1e-5f).build();
    }
}
