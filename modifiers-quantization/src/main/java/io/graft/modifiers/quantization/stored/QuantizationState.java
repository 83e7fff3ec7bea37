package io.graft.modifiers.quantization.stored;

import io.graft.modifiers.quantization.scheme.DoubleQuantization;
import io.graft.modifiers.quantization.scheme.FourBits;
import io.graft.tensor.ComputedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What bitsandbytes says of four-bit codes beside them, as JSON in a tensor of bytes. The text has to be as long as was planned before
 * the weight was read, so that spaces follow a number of fewer digits than it may have.
 */
record QuantizationState(FourBits scheme, DType result, Shape shape) {
    /** Digits, sign, point and exponent of a number of 64 bits. */
    private static final int LONGEST = 24;

    /** Of scales that are numbers. */
    LazyTensor plain() {
        String text = text() + "}";
        return new Text(text.length(), List.of(), () -> text);
    }

    /** Of scales that are codes. */
    LazyTensor nested(Kept offset) {
        String start = text() + ", \"nested_blocksize\": " + DoubleQuantization.BLOCK
                + ", \"nested_dtype\": \"float32\", \"nested_offset\": ";
        return new Text(
                start.length() + LONGEST + 1,
                offset.inputs(),
                () -> start + Double.toString(offset.value()).replace("E", "e") + "}");
    }

    private String text() {
        return "{\"quant_type\": \"" + scheme.id() + "\", \"blocksize\": " + scheme.block() + ", \"dtype\": \""
                + BitsAndBytesConfiguration.word(result) + "\", \"shape\": " + shape;
    }

    /** A text as a tensor of bytes. */
    private record Text(int length, List<LazyTensor> inputs, Words words) implements ComputedTensor {
        @FunctionalInterface
        private interface Words {
            String say() throws IOException;
        }

        @Override
        public String operation() {
            return "description of codes";
        }

        @Override
        public DType dtype() {
            return DType.U8;
        }

        @Override
        public Shape shape() {
            return Shape.of(length);
        }

        @Override
        public TensorData materialize() throws IOException {
            byte[] bytes =
                    (words.say() + " ".repeat(length)).substring(0, length).getBytes(StandardCharsets.US_ASCII);
            return TensorData.of(ByteBuffer.wrap(bytes));
        }
    }
}
