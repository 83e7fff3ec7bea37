package io.graft.checkpoint.numpy;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.TensorName;
import io.graft.checkpoint.bytes.Advice;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.layout.TensorSet.Refusal;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands before the elements of one array.
 *
 * @param dtype type of the elements; of those that are none that Graft knows, that of bytes
 * @param length bytes up to the elements
 * @param refusal why the elements are not read; empty if they are
 */
record NumpyHeader(DType dtype, Shape shape, long length, Optional<Refusal> refusal) {
    static final Advice ADVICE = Advice.of("it seems to be a NumPy file: copy or save it again");
    static final String RESAVE =
            "save it with numpy.savez as numpy.ascontiguousarray of a plain little-endian type, or as safetensors";

    private static final long MAGIC = 0x59_50_4d_55_4e_93L; // "\x93NUMPY", little-endian
    private static final long MAGIC_MASK = 0xffff_ffff_ffffL;
    private static final int FIXED = 10;
    private static final int HIGHEST_RANK = 64;

    /** The dict as NumPy writes it; a text that looks otherwise is not tried. */
    private static final Pattern FIELDS = Pattern.compile("\\{'descr': (?<descr>'[^']{1,20}'|\\[.*\\]),"
            + " 'fortran_order': (?<fortran>True|False), 'shape': \\((?<shape>[0-9, ]*)\\), \\} *\n");

    private static final Map<String, DType> TYPES = Map.ofEntries(
            Map.entry("|b1", DType.BOOL),
            Map.entry("|u1", DType.U8),
            Map.entry("|i1", DType.I8),
            Map.entry("<u2", DType.U16),
            Map.entry("<i2", DType.I16),
            Map.entry("<u4", DType.U32),
            Map.entry("<i4", DType.I32),
            Map.entry("<u8", DType.U64),
            Map.entry("<i8", DType.I64),
            Map.entry("<f2", DType.F16),
            Map.entry("<f4", DType.F32),
            Map.entry("<f8", DType.F64),
            Map.entry("<c8", DType.C64),
            Map.entry("<c16", DType.C128));

    static boolean begins(ByteBuffer head) {
        return head.remaining() >= Long.BYTES
                && (head.duplicate().order(ByteOrder.LITTLE_ENDIAN).getLong(0) & MAGIC_MASK) == MAGIC;
    }

    /**
     * Reads and checks a header.
     *
     * @param head the first bytes of the array's file
     * @param array how messages call it
     * @param size bytes of that file
     * @throws CheckpointException if it is damaged
     */
    static NumpyHeader read(ByteBuffer head, Refusals refusals, String array, long size) {
        if (!begins(head) || head.remaining() < FIXED + 2) {
            throw refusals.malformed(array + " is not an array of NumPy");
        }
        boolean first = head.get(6) == 1;
        int start = first ? FIXED : FIXED + 2;
        long text = first ? head.getShort(8) & 0xffff : head.getInt(8) & 0xffff_ffffL;
        if (text > head.remaining() - start) {
            throw refusals.malformed(array + " has a header of " + text + " bytes, more than follow or are read");
        }
        String dict =
                StandardCharsets.UTF_8.decode(head.slice(start, (int) text)).toString();
        Matcher fields = FIELDS.matcher(dict);
        if (!fields.matches()) {
            throw refusals.malformed(array + " has a header that NumPy does not write");
        }
        String descr = fields.group("descr").replace("'", "");
        DType dtype = TYPES.get(descr);
        long length = start + text;
        Shape shape = shape(fields.group("shape"), refusals, array);
        if (dtype == null) {
            return new NumpyHeader(
                    DType.U8, Shape.of(size - length), length, unread("is of type " + TensorName.printable(descr)));
        }
        boolean isTransposed = fields.group("fortran").equals("True") && shape.rank() > 1;
        NumpyHeader header = new NumpyHeader(
                dtype, shape, length, isTransposed ? unread("is stored in Fortran order") : Optional.empty());
        header.requireBytes(size - header.length, refusals, array);
        return header;
    }

    private static Optional<Refusal> unread(String what) {
        return Optional.of(new Refusal(what + ", which Graft does not read", RESAVE));
    }

    private static Shape shape(String text, Refusals refusals, String array) {
        List<Long> dimensions = new ArrayList<>();
        try {
            for (String size : text.split(",")) {
                if (!size.isBlank()) {
                    dimensions.add(Long.valueOf(size.strip()));
                }
            }
        } catch (NumberFormatException tooLarge) {
            throw refusals.malformed(array + " has the shape (" + text + ")");
        }
        if (dimensions.size() > HIGHEST_RANK) {
            throw refusals.malformed(array + " has more than " + HIGHEST_RANK + " dimensions");
        }
        return new Shape(dimensions);
    }

    private void requireBytes(long actual, Refusals refusals, String array) {
        long expected;
        try {
            expected = dtype.byteCount(shape);
        } catch (ArithmeticException tooLarge) {
            expected = -1;
        }
        if (expected != actual) {
            throw refusals.malformed(array + " has " + actual + " bytes, but " + dtype + " " + shape + " takes "
                    + (expected < 0 ? "more than can be addressed" : String.valueOf(expected)));
        }
    }
}
