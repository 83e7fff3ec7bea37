package io.graft.checkpoint.numpy;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.DType;
import io.graft.checkpoint.Shape;
import io.graft.checkpoint.TensorName;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands before the elements of one array.
 *
 * @param length bytes up to the elements
 */
record NumpyHeader(DType dtype, Shape shape, long length) {
    static final String DAMAGED = "it seems to be a NumPy file: copy or save it again";
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
     * @param size bytes of that file
     * @throws CheckpointException if it is damaged or describes what is not read
     */
    static NumpyHeader read(ByteBuffer head, Path file, String name, long size) {
        if (!begins(head) || head.remaining() < FIXED + 2) {
            throw malformed(file, name, "is not an array of NumPy");
        }
        boolean first = head.get(6) == 1;
        int start = first ? FIXED : FIXED + 2;
        long text = first ? head.getShort(8) & 0xffff : head.getInt(8) & 0xffff_ffffL;
        if (text > head.remaining() - start) {
            throw malformed(file, name, "has a header of " + text + " bytes, more than follow or are read");
        }
        String dict =
                StandardCharsets.UTF_8.decode(head.slice(start, (int) text)).toString();
        Matcher fields = FIELDS.matcher(dict);
        if (!fields.matches()) {
            throw malformed(file, name, "has a header that NumPy does not write");
        }
        String descr = fields.group("descr").replace("'", "");
        DType dtype = TYPES.get(descr);
        if (dtype == null) {
            throw unsupported(file, name, "is of type " + TensorName.printable(descr));
        }
        Shape shape = shape(fields.group("shape"), file, name);
        if (fields.group("fortran").equals("True") && shape.rank() > 1) {
            throw unsupported(file, name, "is stored in Fortran order");
        }
        NumpyHeader header = new NumpyHeader(dtype, shape, start + text);
        header.requireBytes(size - header.length, file, name);
        return header;
    }

    static CheckpointException malformed(Path file, String name, String what) {
        return new CheckpointException(Reason.MALFORMED, file, shown(name) + " " + what, DAMAGED);
    }

    private static CheckpointException unsupported(Path file, String name, String what) {
        return new CheckpointException(
                Reason.UNSUPPORTED, file, shown(name) + " " + what + ", which Graft does not read", RESAVE);
    }

    private static String shown(String name) {
        return "array '" + TensorName.printable(name) + "'";
    }

    private static Shape shape(String text, Path file, String name) {
        List<Long> dimensions = new ArrayList<>();
        try {
            for (String size : text.split(",")) {
                if (!size.isBlank()) {
                    dimensions.add(Long.valueOf(size.strip()));
                }
            }
        } catch (NumberFormatException tooLarge) {
            throw malformed(file, name, "has the shape (" + text + ")");
        }
        if (dimensions.size() > HIGHEST_RANK) {
            throw malformed(file, name, "has more than " + HIGHEST_RANK + " dimensions");
        }
        return new Shape(dimensions);
    }

    private void requireBytes(long actual, Path file, String name) {
        long expected;
        try {
            expected = dtype.byteCount(shape);
        } catch (ArithmeticException tooLarge) {
            expected = -1;
        }
        if (expected != actual) {
            throw malformed(
                    file,
                    name,
                    "has " + actual + " bytes, but " + dtype + " " + shape + " takes "
                            + (expected < 0 ? "more than can be addressed" : String.valueOf(expected)));
        }
    }
}
