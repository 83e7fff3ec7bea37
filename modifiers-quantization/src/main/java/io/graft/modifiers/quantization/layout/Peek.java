package io.graft.modifiers.quantization.layout;

import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.checkpoint.layout.Part;
import io.graft.tensor.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** Reads small stored tensors that only describe others. */
final class Peek {
    private static final long LONGEST = 1 << 20;

    private Peek() {}

    private static Optional<ByteBuffer> bytes(Part part) {
        long length = part.data().byteCount();
        try {
            return length > LONGEST ? Optional.empty() : Optional.of(part.data().window(0, (int) length));
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    /** The text that the bytes are; empty if they are too many. */
    static String text(Part part) {
        return bytes(part)
                .map(bytes -> StandardCharsets.UTF_8.decode(bytes).toString())
                .orElse("");
    }

    /** The JSON object that the bytes are; empty if they are none. */
    static Map<String, Object> object(Part part) {
        return ModelConfiguration.parse(text(part)).orElse(Map.of());
    }

    /** Whole numbers; empty if they are none, or too many. */
    static Optional<long[]> wholes(Part part) {
        DType dtype = part.dtype();
        if (dtype.isFloatingPoint() || dtype.isComplex() || dtype.bits() % Byte.SIZE != 0) {
            return Optional.empty();
        }
        return bytes(part).map(bytes -> {
            long[] numbers = new long[bytes.remaining() * Byte.SIZE / dtype.bits()];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = switch (dtype.bits()) {
                    case Byte.SIZE -> dtype == DType.U8 ? Byte.toUnsignedLong(bytes.get()) : bytes.get();
                    case Short.SIZE -> bytes.getShort();
                    case Integer.SIZE -> bytes.getInt();
                    default -> bytes.getLong();
                };
            }
            return numbers;
        });
    }

    /** The one whole number that a tensor holds. */
    static Optional<Long> whole(Part part) {
        return wholes(part).filter(numbers -> numbers.length == 1).map(numbers -> numbers[0]);
    }

    /** Whether a tensor holds these 32-bit numbers. */
    static boolean holds(Part part, float... numbers) {
        Optional<ByteBuffer> bytes = bytes(part);
        if (part.dtype() != DType.F32 || bytes.isEmpty() || bytes.get().remaining() != numbers.length * Float.BYTES) {
            return false;
        }
        for (float number : numbers) {
            // -0 is 0: tables differ in the sign of their zero
            if (bytes.get().getFloat() != number) {
                return false;
            }
        }
        return true;
    }
}
