package io.graft.tensor.expression.bands;

import io.graft.tensor.DType;
import io.graft.tensor.Float16;
import io.graft.tensor.TensorData;
import io.graft.tensor.expression.bands.numbers.Kind;
import io.graft.tensor.expression.bands.numbers.Numbers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Numbers that are looked at where they lie in a file.
 *
 * @param segments the bytes
 */
record Mapped(Source source, List<ByteBuffer> segments) implements Whole {
    /** Bytes mapped at a time. */
    private static final int SEGMENT = 1 << 30;

    static boolean canBe(Source source) {
        return source.data().isMapped()
                && switch (source.dtype()) {
                    case U8, I8, I16, U16, I32, U32, I64, U64, F16, BF16, F32, F64 -> true;
                    default -> false;
                };
    }

    static Mapped of(Source source) {
        TensorData data = source.data();
        List<ByteBuffer> segments = new ArrayList<>();
        try {
            for (long at = 0; at < data.byteCount(); at += SEGMENT) {
                segments.add(data.window(at, (int) Math.min(SEGMENT, data.byteCount() - at)));
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return new Mapped(source, segments);
    }

    @Override
    public Kind kind() {
        return source.kind();
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
        int width = source.dtype().bits() / Byte.SIZE;
        long last = (first + (number - 1) * step) * width;
        int segment = (int) (first * width / SEGMENT);
        if (number == 0 || segment != last / SEGMENT) {
            for (int i = 0; i < number; i++) {
                gather(to, at + i, first + i * step, 0, 1);
            }
            return;
        }
        int place = (int) (first * width % SEGMENT);
        int stride = (int) (step * width);
        switch (kind()) {
            case FLOATS -> floats(segments.get(segment), place, stride, to.floats(), at, at + number);
            case DOUBLES -> {
                for (int i = at; i < at + number; i++, place += stride) {
                    to.doubles()[i] = segments.get(segment).getDouble(place);
                }
            }
            case LONGS -> longs(segments.get(segment), place, stride, to.longs(), at, at + number);
        }
    }

    private void floats(ByteBuffer bytes, int first, int stride, float[] values, int at, int end) {
        int place = first;
        switch (source.dtype()) {
            case F16 -> {
                for (int i = at; i < end; i++, place += stride) {
                    values[i] = Float16.toFloat(bytes.getShort(place));
                }
            }
            case BF16 -> {
                for (int i = at; i < end; i++, place += stride) {
                    values[i] = Float.intBitsToFloat(bytes.getShort(place) << Short.SIZE);
                }
            }
            default -> {
                for (int i = at; i < end; i++, place += stride) {
                    values[i] = bytes.getFloat(place);
                }
            }
        }
    }

    private void longs(ByteBuffer bytes, int first, int stride, long[] values, int at, int end) {
        DType dtype = source.dtype();
        int place = first;
        switch (dtype) {
            case U8, I8 -> {
                int mask = dtype == DType.U8 ? 0xff : -1;
                for (int i = at; i < end; i++, place += stride) {
                    values[i] = bytes.get(place) & mask;
                }
            }
            case U16, I16 -> {
                int mask = dtype == DType.U16 ? 0xffff : -1;
                for (int i = at; i < end; i++, place += stride) {
                    values[i] = bytes.getShort(place) & mask;
                }
            }
            case U32, I32 -> {
                long mask = dtype == DType.U32 ? 0xffffffffL : -1;
                for (int i = at; i < end; i++, place += stride) {
                    values[i] = bytes.getInt(place) & mask;
                }
            }
            default -> {
                for (int i = at; i < end; i++, place += stride) {
                    values[i] = bytes.getLong(place);
                }
            }
        }
    }

    @Override
    public Step step() {
        return source;
    }
}
