package io.graft.checkpoint.pytorch.distributed;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.shards.FolderFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The files that {@code .metadata} names. Each is there, lies in its folder, and holds an archive wherever one is said to be. */
final class ArchiveFiles {
    private static final int LOCAL_HEADER = 0x04034b50;

    private final Map<String, CheckpointFile> files;
    private final Refusals refusals;

    private ArchiveFiles(Map<String, CheckpointFile> files, Refusals refusals) {
        this.files = files;
        this.refusals = refusals;
    }

    /**
     * Looks at all of them.
     *
     * @throws CheckpointException if one is absent, foreign or elsewhere, or two archives share bytes
     */
    static ArchiveFiles of(Path metadata, Map<Location.Of, Location> locations, Refusals refusals) throws IOException {
        FolderFiles beside = new FolderFiles(
                metadata,
                "it names the file",
                ".distcp",
                "save the checkpoint with torch.distributed.checkpoint.save",
                "put the file beside .metadata",
                refusals);
        Map<String, List<Location>> byFile = new TreeMap<>();
        locations
                .values()
                .forEach(location -> byFile.computeIfAbsent(location.file(), first -> new ArrayList<>())
                        .add(location));
        Map<String, CheckpointFile> files = new TreeMap<>();
        for (String name : byFile.keySet()) {
            files.put(name, CheckpointFile.of(beside.locate(name)));
        }
        for (Map.Entry<String, List<Location>> each : byFile.entrySet()) {
            check(files.get(each.getKey()), each.getValue(), refusals);
        }
        return new ArchiveFiles(files, refusals);
    }

    private static void check(CheckpointFile file, List<Location> locations, Refusals refusals) throws IOException {
        List<Location> sorted = new ArrayList<>(locations);
        sorted.sort(Comparator.comparingLong(Location::offset));
        ByteBuffer start = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        long end = 0;
        try (FileChannel channel = file.open()) {
            for (Location location : sorted) {
                String shown = Refusals.quote(location.file());
                if (location.offset() > file.size() - location.length()) {
                    throw refusals.malformed(
                            "it says that an archive of " + location.length() + " bytes begins at byte "
                                    + location.offset() + " of " + shown + ", which has " + file.size() + " bytes");
                }
                if (location.offset() < end) {
                    throw refusals.refused("two of the archives that it names share bytes of " + shown + ", from byte "
                            + location.offset() + " on");
                }
                end = location.offset() + location.length();
                start.clear();
                channel.read(start, location.offset());
                if (!location.isPacked() && start.getInt(0) != LOCAL_HEADER) {
                    throw refusals.malformed("it says that an archive begins at byte " + location.offset() + " of "
                            + shown + ", and none does");
                }
            }
        }
    }

    /**
     * The file of an archive.
     *
     * @param wantedBy the tensor that needs it, for messages
     */
    CheckpointFile of(Location location, String wantedBy) {
        if (location.isPacked()) {
            throw refusals.unsupported(
                    wantedBy + " lies in " + Refusals.quote(location.file()) + ", whose archives are compressed",
                    "load the checkpoint in Python and save it without extensions of the storage");
        }
        return files.get(location.file());
    }
}
