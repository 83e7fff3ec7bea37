package io.graft.tensor.expression.bands;

import io.graft.tensor.DType;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Integers that are looked at where they lie in a file.
 *
 * @param segments the bytes
 */
record Mapped(Source source, List<ByteBuffer> segments) implements Whole {
    /** Bytes mapped at a time. */
    private static final int SEGMENT = 1 << 30;

    static boolean canBe(Source source) {
        return source.kind() == Kind.LONGS
                && source.data().isMapped()
                && switch (source.dtype()) {
                    case U8, I8, I32, U32 -> true;
                    default -> false;
                };
    }

    static Mapped of(Source source) throws IOException {
        TensorData data = source.data();
        List<ByteBuffer> segments = new ArrayList<>();
        for (long at = 0; at < data.byteCount(); at += SEGMENT) {
            segments.add(data.window(at, (int) Math.min(SEGMENT, data.byteCount() - at)));
        }
        return new Mapped(source, segments);
    }

    @Override
    public Kind kind() {
        return Kind.LONGS;
    }

    @Override
    public long count() {
        return source.count();
    }

    @Override
    public Optional<Numbers> numbers() {
        return Optional.empty();
    }

    @Override
    public void gather(Numbers to, int at, long first, long step, int number) {
        long[] values = to.longs();
        DType dtype = source.dtype();
        int width = dtype.bits() / Byte.SIZE;
        long last = (first + (number - 1) * step) * width;
        int segment = (int) (first * width / SEGMENT);
        if (number == 0 || segment != last / SEGMENT) {
            for (int i = 0; i < number; i++) {
                gather(to, at + i, first + i * step, 0, 1);
            }
            return;
        }
        ByteBuffer bytes = segments.get(segment);
        int place = (int) (first * width % SEGMENT);
        int stride = (int) (step * width);
        switch (dtype) {
            case U8 -> {
                for (int i = 0; i < number; i++, place += stride) {
                    values[at + i] = bytes.get(place) & 0xff;
                }
            }
            case I8 -> {
                for (int i = 0; i < number; i++, place += stride) {
                    values[at + i] = bytes.get(place);
                }
            }
            case I32 -> {
                for (int i = 0; i < number; i++, place += stride) {
                    values[at + i] = bytes.getInt(place);
                }
            }
            default -> {
                for (int i = 0; i < number; i++, place += stride) {
                    values[at + i] = bytes.getInt(place) & 0xffffffffL;
                }
            }
        }
    }

    @Override
    public Step step() {
        return source;
    }
}
