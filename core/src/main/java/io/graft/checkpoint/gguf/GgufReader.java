package io.graft.checkpoint.gguf;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.TensorName;
import io.graft.checkpoint.bytes.Advice;
import io.graft.checkpoint.bytes.ByteCursor;
import io.graft.checkpoint.bytes.FileSlice;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.layout.TensorSet;
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
import java.util.Set;
import java.util.stream.Collectors;

/** Reads the header of one file: key-value pairs, then a description of each tensor. */
final class GgufReader {
    private static final Advice ADVICE = Advice.of("it seems to be a GGUF file: copy or download it again");
    static final String SOURCE = "give the checkpoint that the file was made from";
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
    private final List<TensorInfo> described = new ArrayList<>();
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
        Set<String> names = described.stream().map(TensorInfo::name).collect(Collectors.toSet());
        for (TensorInfo one : described) {
            TensorEntry entry = one.entry(file, dataStart, refusals);
            if (tensors.put(one.name(), entry) != null) {
                throw refusals.malformed("the header holds " + TensorInfo.shown(one.name()) + " twice");
            }
            if (one.type().isQuantized()) {
                quantized.add(one.blocks(file, entry, names));
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
            throw refusals.malformed("the name of " + TensorInfo.shown(name) + " " + flaw);
        }
        int rank = (int) count(in.u32(), HIGHEST_RANK, "dimensions of " + TensorInfo.shown(name));
        List<Long> dimensions = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            long size = in.i64();
            if (size < 0 || size >= DIMENSION_LIMIT) {
                throw refusals.refused(TensorInfo.shown(name) + " has a dimension of 2^48 or more");
            }
            dimensions.add(size);
        }
        // The file has the innermost dimension first.
        Collections.reverse(dimensions);
        int number = in.i32();
        GgufType type = GgufType.of(number);
        if (type == null) {
            throw refusals.unsupported(
                    TensorInfo.shown(name) + " is of type " + number + ", which Graft does not know", SOURCE);
        }
        if (type.isQuantized() && dimensions.isEmpty()) {
            throw refusals.malformed(TensorInfo.shown(name) + " is quantized and has no dimensions");
        }
        described.add(new TensorInfo(name, type, dimensions, in.i64()));
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
}
