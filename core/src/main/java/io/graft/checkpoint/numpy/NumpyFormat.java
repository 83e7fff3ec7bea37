package io.graft.checkpoint.numpy;

import com.google.auto.service.AutoService;
import io.graft.checkpoint.ByteRange;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.CheckpointFormat;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.TensorName;
import io.graft.checkpoint.UnreadableData;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.bytes.StoredBytes;
import io.graft.checkpoint.zip.ZipArchive;
import io.graft.checkpoint.zip.ZipMember;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Arrays of NumPy: a {@code .npz} archive of {@code numpy.savez}, whose arrays keep their names, or a single {@code .npy}
 * file, whose array has the name of the file. Arrays of plain types in C order are read; those of objects are pickles, and no
 * pickle is opened here.
 */
@AutoService(CheckpointFormat.class)
public final class NumpyFormat implements CheckpointFormat {
    private static final String SUFFIX = ".npy";
    private static final int LONGEST_HEADER = 1 << 12;
    private static final int MOST_ARRAYS = 20_000;

    /** As {@link java.util.ServiceLoader} needs it. */
    public NumpyFormat() {}

    @Override
    public String id() {
        return "numpy";
    }

    @Override
    public boolean readsPickle() {
        return false;
    }

    @Override
    public boolean recognizes(Path file, ByteBuffer head) {
        return NumpyHeader.begins(head) || ZipArchive.beginsWith(head, SUFFIX);
    }

    @Override
    public Checkpoint open(Path path) throws IOException {
        CheckpointFile file = CheckpointFile.of(path);
        Refusals refusals = new Refusals(file.path(), NumpyHeader.ADVICE);
        int start = (int) Math.min(file.size(), 16);
        Map<String, TensorEntry> tensors = new LinkedHashMap<>();
        if (NumpyHeader.begins(file.data(0, start).window(0, start))) {
            String name = withoutSuffix(path.getFileName().toString());
            tensors.put(name, entry(file, name, new ByteRange(file.path(), 0, file.size()), file::data, refusals));
        } else {
            readMembers(file, refusals, tensors);
        }
        return new Checkpoint(
                file.path(), id(), "state_dict", Collections.unmodifiableMap(tensors), Map.of(), List.of());
    }

    private static void readMembers(CheckpointFile file, Refusals refusals, Map<String, TensorEntry> tensors)
            throws IOException {
        ZipArchive zip = ZipArchive.read(file, NumpyHeader.ADVICE);
        if (zip.members().size() > MOST_ARRAYS) {
            throw refusals.refused(
                    "the archive holds " + zip.members().size() + " arrays; at most " + MOST_ARRAYS + " are read");
        }
        try (FileChannel channel = file.open()) {
            for (ZipMember member : zip.members().values()) {
                StoredBytes bytes = zip.stored(member, ByteOrder.LITTLE_ENDIAN, channel, NumpyHeader.RESAVE);
                String name = withoutSuffix(member.name());
                ByteRange range = new ByteRange(file.path(), bytes.offset(), bytes.length());
                tensors.put(name, entry(file, name, range, bytes::data, refusals));
            }
        }
    }

    /** @param part bytes of the array's file by their place in it */
    private static TensorEntry entry(
            CheckpointFile file,
            String name,
            ByteRange range,
            BiFunction<Long, Long, TensorData> part,
            Refusals refusals)
            throws IOException {
        String array = "array " + Refusals.quote(name);
        String flaw = TensorName.flaw(name);
        if (flaw != null) {
            throw refusals.malformed(array + " has a name that " + flaw);
        }
        int head = (int) Math.min(range.length(), LONGEST_HEADER);
        NumpyHeader header =
                NumpyHeader.read(file.data(range.offset(), head).window(0, head), refusals, array, range.length());
        long length = range.length() - header.length();
        return new TensorEntry(
                name,
                header.dtype(),
                header.shape(),
                new ByteRange(range.file(), range.offset() + header.length(), length),
                header.refusal()
                        .<TensorData>map(refusal -> new UnreadableData(file.path(), name, refusal, length))
                        .orElseGet(() -> part.apply(header.length(), length)));
    }

    private static String withoutSuffix(String name) {
        return name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
    }
}
