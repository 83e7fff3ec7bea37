package io.graft.checkpoint.numpy;

import com.google.auto.service.AutoService;
import io.graft.checkpoint.ByteRange;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.CheckpointFormat;
import io.graft.checkpoint.TensorData;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.TensorName;
import io.graft.checkpoint.pytorch.StoredMembers;
import io.graft.checkpoint.pytorch.StoredMembers.StoredMember;
import java.io.IOException;
import java.nio.ByteBuffer;
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
        return NumpyHeader.begins(head) || StoredMembers.beginWith(head, SUFFIX);
    }

    @Override
    public Checkpoint open(Path path) throws IOException {
        try {
            CheckpointFile file = CheckpointFile.of(path);
            int start = (int) Math.min(file.size(), 16);
            Map<String, TensorEntry> tensors = new LinkedHashMap<>();
            if (NumpyHeader.begins(file.data(0, start).window(0, start))) {
                String name = withoutSuffix(path.getFileName().toString());
                ByteRange whole = new ByteRange(file.path(), 0, file.size());
                tensors.put(name, entry(file, name, whole, file::data));
            } else {
                List<StoredMember> members = StoredMembers.of(file);
                if (members.size() > MOST_ARRAYS) {
                    throw new CheckpointException(
                            Reason.REFUSED,
                            file.path(),
                            "the archive holds " + members.size() + " arrays; at most " + MOST_ARRAYS + " are read",
                            "do not use this file unless you know who wrote it");
                }
                for (StoredMember member : members) {
                    String name = withoutSuffix(member.name());
                    tensors.put(
                            name,
                            entry(
                                    file,
                                    name,
                                    member.range(),
                                    (from, count) -> new MemberData(member.part(from, count))));
                }
            }
            return new Checkpoint(
                    file.path(), id(), "state_dict", Collections.unmodifiableMap(tensors), Map.of(), List.of());
        } catch (CheckpointException failed) {
            throw retold(failed);
        }
    }

    /** @param part bytes of the array's file by their place in it */
    private static TensorEntry entry(
            CheckpointFile file, String name, ByteRange range, BiFunction<Long, Long, TensorData> part)
            throws IOException {
        String flaw = TensorName.flaw(name);
        if (flaw != null) {
            throw NumpyHeader.malformed(file.path(), name, "has a name that " + flaw);
        }
        int head = (int) Math.min(range.length(), LONGEST_HEADER);
        NumpyHeader header =
                NumpyHeader.read(file.data(range.offset(), head).window(0, head), file.path(), name, range.length());
        long length = range.length() - header.length();
        return new TensorEntry(
                name,
                header.dtype(),
                header.shape(),
                new ByteRange(range.file(), range.offset() + header.length(), length),
                part.apply(header.length(), length));
    }

    private static String withoutSuffix(String name) {
        return name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
    }

    /** What the archive's reader says, with advice that fits this format. */
    static CheckpointException retold(CheckpointException failed) {
        String help = switch (failed.reason()) {
            case MALFORMED -> NumpyHeader.DAMAGED;
            case UNSUPPORTED -> NumpyHeader.RESAVE;
            default -> failed.help();
        };
        return new CheckpointException(failed.reason(), failed.path(), failed.detail(), help, failed);
    }
}
