package io.graft.checkpoint.params;

import io.graft.checkpoint.ByteRange;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.TensorName;
import io.graft.checkpoint.bytes.Advice;
import io.graft.checkpoint.bytes.ByteCursor;
import io.graft.checkpoint.bytes.FileSlice;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UTFDataFormatException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads one file from front to back, over the data. Blocks write what they like before their parameters, so that without the
 * block only the marks of the parameters can be looked for: each is unmistakable, and little stands between two.
 */
final class ParamsReader {
    private static final Advice ADVICE = Advice.of("it seems to be a DJL .params file: copy or save it again");
    private static final String RESAVE = "load it with DJL and save the parameters as safetensors";

    private static final Map<String, DType> TYPES = Map.ofEntries(
            Map.entry("FLOAT64", DType.F64),
            Map.entry("FLOAT32", DType.F32),
            Map.entry("FLOAT16", DType.F16),
            Map.entry("BFLOAT16", DType.BF16),
            Map.entry("INT64", DType.I64),
            Map.entry("INT32", DType.I32),
            Map.entry("INT16", DType.I16),
            Map.entry("INT8", DType.I8),
            Map.entry("UINT64", DType.U64),
            Map.entry("UINT32", DType.U32),
            Map.entry("UINT16", DType.U16),
            Map.entry("UINT8", DType.U8),
            Map.entry("BOOLEAN", DType.BOOL),
            Map.entry("COMPLEX64", DType.C64));

    private static final int ARRAY_VERSION = 3;
    private static final int MOST_TENSORS = 200_000;
    private static final int MOST_PROPERTIES = 10_000;
    private static final int HIGHEST_RANK = 64;

    /** Most bytes between two parameters: what blocks keep of themselves. */
    private static final int LONGEST_GAP = 1 << 20;

    private final CheckpointFile file;
    private final Refusals refusals;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final List<TensorEntry> tensors = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private ByteCursor in;

    ParamsReader(CheckpointFile file) {
        this.file = file;
        this.refusals = new Refusals(file.path(), ADVICE);
    }

    /** The properties of the model, once it was read. */
    Map<String, String> metadata() {
        return metadata;
    }

    /**
     * The parameters, in the order of the block tree.
     *
     * @throws CheckpointException if the file is damaged or holds none
     */
    List<TensorEntry> read() throws IOException {
        try (ByteCursor cursor = new ByteCursor(new FileSlice(file.open(), 0, file.size()), file.size())) {
            in = cursor;
            readModel();
            readParameters();
        } catch (EOFException | UTFDataFormatException damaged) {
            throw refusals.malformed("it ends or is damaged after " + tensors.size() + " parameters");
        }
        if (tensors.isEmpty()) {
            throw refusals.malformed("it holds 0 parameters");
        }
        return tensors;
    }

    private void readModel() throws IOException {
        in.skip(ParamsFormat.MAGIC.length());
        int version = int32();
        if (version != 1) {
            throw refusals.unsupported(
                    "a DJL .params file of version " + version + ", which Graft does not read", RESAVE);
        }
        metadata.put("model", utf());
        metadata.put("data-type", utf());
        int inputs = count(MOST_PROPERTIES, "inputs");
        for (int i = 0; i < inputs; i++) {
            utf();
            shape();
        }
        int properties = count(MOST_PROPERTIES, "properties");
        for (int i = 0; i < properties; i++) {
            metadata.put(utf(), utf());
        }
    }

    private void readParameters() throws IOException {
        int block = -1;
        Gap gap = new Gap();
        while (in.remaining() > 0) {
            if (gap.size() == LONGEST_GAP) {
                throw refusals.malformed("no parameter in the " + LONGEST_GAP + " bytes before byte " + in.position());
            }
            gap.add(in.u8());
            if (gap.endsInArchive()) {
                throw refusals.unsupported("a DJL .params file with a TorchScript archive inside", RESAVE);
            }
            int parameter = gap.endsInArray() ? gap.parameter() : -1;
            if (parameter >= 0) {
                // A block writes a version and its shapes before its parameters, and nothing between them.
                block += parameter > 0 || block < 0 ? 1 : 0;
                readArray(block + "." + gap.name(parameter));
                gap = new Gap();
            }
        }
    }

    private void readArray(String name) throws IOException {
        String shown = "parameter " + Refusals.quote(name);
        String flaw = TensorName.flaw(name);
        if (flaw != null || !names.add(name)) {
            throw refusals.malformed(
                    "the name of " + shown + " " + (flaw == null ? "occurs twice in its block" : flaw));
        }
        if (names.size() > MOST_TENSORS) {
            throw refusals.refused("more than " + MOST_TENSORS + " parameters");
        }
        int version = int32();
        if (version != ARRAY_VERSION) {
            throw refusals.unsupported(
                    shown + " is written in version " + version + " of DJL's arrays, which Graft does not read",
                    RESAVE);
        }
        if (in.u8() != 0) {
            utf();
        }
        String layout = utf();
        String type = utf();
        DType dtype = TYPES.get(type);
        if (dtype == null || !layout.equals("DENSE")) {
            throw refusals.unsupported(
                    shown + " is " + TensorName.printable(layout + " " + type) + ", which Graft does not read", RESAVE);
        }
        Shape shape = shape();
        if (in.u8() != '<') {
            throw refusals.unsupported(shown + " is stored in big-endian order, which Graft does not read", RESAVE);
        }
        tensors.add(entry(name, shown, dtype, shape, int32()));
    }

    private TensorEntry entry(String name, String shown, DType dtype, Shape shape, int length) throws IOException {
        if (length != bytes(dtype, shape)) {
            throw refusals.malformed(
                    shown + " has " + length + " bytes, but " + dtype + " " + shape + " takes another number");
        }
        long offset = in.position();
        if (length > in.remaining()) {
            throw refusals.malformed(
                    "cut off: " + shown + " takes " + length + " bytes, and " + in.remaining() + " follow");
        }
        in.skip(length);
        return new TensorEntry(
                name, dtype, shape, new ByteRange(file.path(), offset, length), file.data(offset, length));
    }

    private static long bytes(DType dtype, Shape shape) {
        try {
            return dtype.byteCount(shape);
        } catch (ArithmeticException tooLarge) {
            return -1;
        }
    }

    private Shape shape() throws IOException {
        int rank = count(HIGHEST_RANK, "dimensions");
        List<Long> dimensions = new ArrayList<>(rank);
        for (int i = 0; i < rank; i++) {
            long size = Long.reverseBytes(in.i64());
            // The shape of a model's inputs may leave the size of the batch open, as -1.
            dimensions.add(Math.max(0, size));
        }
        in.skip(2L * count(HIGHEST_RANK, "layout marks"));
        return new Shape(dimensions);
    }

    private int count(int most, String what) throws IOException {
        int count = int32();
        if (count < 0 || count > most) {
            throw refusals.malformed("byte " + (in.position() - 4) + " claims " + count + " " + what + ", at most "
                    + most + " are read");
        }
        return count;
    }

    private int int32() throws IOException {
        return Integer.reverseBytes(in.i32());
    }

    /** A text in Java's own form of UTF-8. */
    private String utf() throws IOException {
        int length = Short.reverseBytes((short) in.u16()) & 0xffff;
        byte[] encoded = new byte[length + 2];
        encoded[0] = (byte) (length >> 8);
        encoded[1] = (byte) length;
        System.arraycopy(in.bytes(length), 0, encoded, 2, length);
        return DataInputStream.readUTF(new DataInputStream(new ByteArrayInputStream(encoded)));
    }
}
