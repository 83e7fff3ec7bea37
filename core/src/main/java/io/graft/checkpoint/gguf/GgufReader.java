package io.graft.checkpoint.gguf;

import static io.graft.tensor.expression.Expressions.stored;

import io.graft.checkpoint.BlockData;
import io.graft.checkpoint.ByteRange;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.TensorName;
import io.graft.checkpoint.UnreadableData;
import io.graft.checkpoint.bytes.Advice;
import io.graft.checkpoint.bytes.ByteCursor;
import io.graft.checkpoint.bytes.FileSlice;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.layout.Part;
import io.graft.checkpoint.layout.TensorSet;
import io.graft.checkpoint.layout.TensorSet.Refusal;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the header of one file: key-value pairs, then a description of each tensor. */
final class GgufReader {
    private static final Advice ADVICE = Advice.of("it seems to be a GGUF file: copy or download it again");
    private static final String SOURCE = "give the checkpoint that the file was made from";
    private static final int MOST_TENSORS = 200_000;
    private static final int MOST_PAIRS = 100_000;
    private static final int LONGEST_NAME = 1 << 16;
    private static final int LONGEST_TEXT = 1 << 16;
    private static final long MOST_TEXT = 32L << 20;
    private static final int HIGHEST_RANK = 4;
    private static final long DIMENSION_LIMIT = 1L << 48;
    static final int DEFAULT_ALIGNMENT = 32;

    private final CheckpointFile file;
    private final Refusals refusals;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final List<GgufPair> pairs = new ArrayList<>();
    private final List<Described> described = new ArrayList<>();
    private long textBytes;
    private ByteCursor in;

    GgufReader(CheckpointFile file) {
        this.file = file;
        this.refusals = refusals(file);
    }

    /** Makes the exceptions of a file. */
    static Refusals refusals(CheckpointFile file) {
        return new Refusals(file.path(), ADVICE);
    }

    private record Described(String name, GgufType type, List<Long> dimensions, long offset) {}

    /**
     * What the file holds.
     *
     * @throws CheckpointException if the file is damaged, or of another version or byte order
     */
    GgufFile read() throws IOException {
        int version;
        int alignment;
        long dataStart;
        try (ByteCursor cursor = new ByteCursor(new FileSlice(file.open(), 0, file.size()), file.size())) {
            in = cursor;
            in.skip(GgufFormat.MAGIC.length());
            version = in.i32();
            if (version != 2 && version != 3) {
                throw refusals.unsupported(
                        "a GGUF file of version " + Integer.toUnsignedString(version)
                                + " or of big-endian byte order, which Graft does not read",
                        SOURCE);
            }
            long tensors = count(in.i64(), MOST_TENSORS, "tensors");
            long counted = count(in.i64(), MOST_PAIRS, "key-value pairs");
            for (long i = 0; i < counted; i++) {
                readPair();
            }
            for (long i = 0; i < tensors; i++) {
                describe();
            }
            alignment = alignment();
            dataStart = (in.position() + alignment - 1) / alignment * alignment;
        } catch (EOFException ended) {
            throw refusals.malformed("cut off: the file of " + file.size() + " bytes ends inside its header");
        }
        Map<String, TensorEntry> tensors = new LinkedHashMap<>();
        List<TensorSet> quantized = new ArrayList<>();
        for (Described one : described) {
            TensorEntry entry = entry(one, dataStart);
            if (tensors.put(one.name, entry) != null) {
                throw refusals.malformed("the header holds " + shown(one.name) + " twice");
            }
            if (one.type.isQuantized()) {
                quantized.add(blocks(one, entry));
            }
        }
        return new GgufFile(
                file,
                version,
                alignment,
                pairs,
                Collections.unmodifiableMap(metadata),
                Collections.unmodifiableMap(tensors),
                quantized);
    }

    /** The type is in the file, so that no layout has to be found. */
    private TensorSet blocks(Described one, TensorEntry entry) {
        Part part = new Part(entry.name(), entry.dtype(), entry.shape(), entry.data());
        Shape shape = new Shape(one.dimensions);
        Refusal refusal = one.type.code() == null ? refusal(one.type) : besides(one);
        if (refusal != null) {
            return TensorSet.refused("gguf", one.type.name(), one.name, DType.F32, shape, List.of(part), refusal);
        }
        TensorData bytes = file.data(entry.range().offset(), entry.range().length());
        return TensorSet.of(
                "gguf",
                one.type.name(),
                one.name,
                List.of(part),
                stored(new BlockTensor(file.path(), one.name, one.type, shape, bytes)));
    }

    /** Why a tensor may not be what its blocks alone say; null if it is. */
    private @Nullable Refusal besides(Described one) {
        String scale = one.name.replaceFirst("(\\.weight)?$", ".scale");
        return one.type.name().equals("NVFP4") && described.stream().anyMatch(other -> other.name.equals(scale))
                ? new Refusal(
                        "is quantized as NVFP4 and has `" + scale + "` beside it, which Graft does not read",
                        "give the checkpoint that the file was made from")
                : null;
    }

    private static Refusal refusal(GgufType type) {
        return type.code() == null
                ? new Refusal(
                        "is quantized as " + type.name() + ", which Graft does not read",
                        "give the checkpoint that the file was made from")
                : BlockData.refusal(type.name());
    }

    private TensorEntry entry(Described one, long dataStart) {
        long rowElements = one.dimensions.isEmpty() ? 1 : one.dimensions.get(one.dimensions.size() - 1);
        if (rowElements % one.type.blockElements() != 0) {
            throw refusals.malformed(shown(one.name) + " has rows of " + rowElements + " elements, but "
                    + one.type.name() + " packs " + one.type.blockElements() + " together");
        }
        List<Long> dimensions = new ArrayList<>(one.dimensions);
        if (one.type.isQuantized()) {
            dimensions.set(dimensions.size() - 1, rowElements / one.type.blockElements() * one.type.blockBytes());
        }
        DType dtype = one.type.isQuantized() ? DType.U8 : one.type.dtype();
        Shape shape = new Shape(dimensions);
        long room = file.size() - dataStart - one.offset;
        long length;
        try {
            length = dtype.byteCount(shape);
        } catch (ArithmeticException tooLarge) {
            throw refusals.refused(shown(one.name) + " has the shape " + shape + ", more than can be addressed");
        }
        if (one.offset < 0 || room < length) {
            throw refusals.malformed("cut off: " + shown(one.name) + " takes " + length + " bytes from byte "
                    + one.offset + " of the data, which have " + Math.max(0, file.size() - dataStart));
        }
        long start = dataStart + one.offset;
        TensorData data = file.data(start, length);
        if (one.type.isQuantized()) {
            UnreadableData numbers = new UnreadableData(file.path(), one.name, refusal(one.type), length);
            data = new BlockData(numbers, one.type.name(), data);
        }
        return new TensorEntry(one.name, dtype, shape, new ByteRange(file.path(), start, length), data);
    }

    private void readPair() throws IOException {
        long start = in.position();
        String key = TensorName.printable(text(LONGEST_NAME));
        ValueType type = ValueType.of(in.i32());
        if (type == null) {
            throw refusals.malformed("'" + key + "' is of a type that the format lacks");
        }
        if (metadata.put(key, value(type, key)) != null) {
            throw refusals.malformed("the header holds '" + key + "' twice");
        }
        pairs.add(new GgufPair(key, start, in.position()));
    }

    private String value(ValueType type, String key) throws IOException {
        if (type == ValueType.STRING) {
            return longText();
        }
        if (type != ValueType.ARRAY) {
            return type.read(in);
        }
        ValueType items = ValueType.of(in.i32());
        long count = in.i64();
        skip(items, count, key);
        return "a list of " + count;
    }

    private void skip(ValueType items, long count, String key) throws IOException {
        if (items == null || items == ValueType.ARRAY || count < 0) {
            throw refusals.malformed("'" + key + "' is a list that the format lacks");
        }
        if (items != ValueType.STRING) {
            if (count > in.remaining() / items.bytes()) {
                throw new EOFException();
            }
            in.skip(count * items.bytes());
            return;
        }
        for (long i = 0; i < count; i++) {
            in.skip(length());
        }
    }

    private void describe() throws IOException {
        String name = text(LONGEST_NAME);
        String flaw = TensorName.flaw(name);
        if (flaw != null) {
            throw refusals.malformed("the name of " + shown(name) + " " + flaw);
        }
        int rank = (int) count(in.u32(), HIGHEST_RANK, "dimensions of " + shown(name));
        List<Long> dimensions = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            long size = in.i64();
            if (size < 0 || size >= DIMENSION_LIMIT) {
                throw refusals.refused(shown(name) + " has a dimension of 2^48 or more");
            }
            dimensions.add(size);
        }
        // The file has the innermost dimension first.
        Collections.reverse(dimensions);
        int number = in.i32();
        GgufType type = GgufType.of(number);
        if (type == null) {
            throw refusals.unsupported(shown(name) + " is of type " + number + ", which Graft does not know", SOURCE);
        }
        if (type.isQuantized() && dimensions.isEmpty()) {
            throw refusals.malformed(shown(name) + " is quantized and has no dimensions");
        }
        described.add(new Described(name, type, dimensions, in.i64()));
    }

    private int alignment() {
        String text = metadata.getOrDefault("general.alignment", String.valueOf(DEFAULT_ALIGNMENT));
        try {
            int alignment = Integer.parseInt(text);
            if (alignment > 0 && alignment <= 1 << 20) {
                return alignment;
            }
        } catch (NumberFormatException notANumber) {
            // told below
        }
        throw refusals.malformed("general.alignment is '" + text + "'");
    }

    private String longText() throws IOException {
        long length = length();
        if (length > LONGEST_TEXT) {
            in.skip(length);
            return "a text of " + length + " bytes";
        }
        return TensorName.printable(text(length, LONGEST_TEXT));
    }

    private String text(int longest) throws IOException {
        return text(length(), longest);
    }

    private String text(long length, int longest) throws IOException {
        textBytes += length;
        if (length > longest || textBytes > MOST_TEXT) {
            throw refusals.refused("names and texts of more than " + longest + " bytes, or " + MOST_TEXT + " together");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(in.bytes(length)))
                    .toString();
        } catch (CharacterCodingException notText) {
            throw refusals.malformed("the header holds a text that is not UTF-8");
        }
    }

    private long length() throws IOException {
        long length = in.i64();
        if (length < 0 || length > in.remaining()) {
            throw new EOFException();
        }
        return length;
    }

    private long count(long count, int most, String what) {
        if (count < 0 || count > most) {
            throw refusals.refused("the header claims " + Long.toUnsignedString(count) + " " + what + ", at most "
                    + most + " are read");
        }
        return count;
    }

    private static String shown(String name) {
        return "tensor " + Refusals.quote(name);
    }
}
