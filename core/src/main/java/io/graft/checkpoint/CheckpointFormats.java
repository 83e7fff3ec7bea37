package io.graft.checkpoint;

import io.graft.extension.BrokenService;
import io.graft.extension.FoundService;
import io.graft.extension.ServiceScan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The formats at hand.
 *
 * @param formats in the order found; the ones beside Graft's core come first
 * @param broken a sentence for each format that could not be loaded or failed when it was asked
 */
record CheckpointFormats(List<CheckpointFormat> formats, List<String> broken) {
    /** Finds formats with the class loader of this library, with the given one, and in each extension that it stands for. */
    static CheckpointFormats discover(ClassLoader loader) {
        ServiceScan<CheckpointFormat> scan = ServiceScan.of(CheckpointFormat.class, loader);
        return new CheckpointFormats(
                scan.found().stream().map(FoundService::service).toList(),
                new ArrayList<>(scan.broken().stream()
                        .map(BrokenService::sentence)
                        .map(TensorName::printable)
                        .toList()));
    }

    /** The first format that takes the file, or null. */
    CheckpointFormat recognizing(Path file, ByteBuffer head) throws IOException {
        for (CheckpointFormat format : formats) {
            try {
                if (format.recognizes(file, head.duplicate().order(head.order()))) {
                    return format;
                }
            } catch (RuntimeException | LinkageError failed) {
                broken.add(format.getClass().getName() + " failed: "
                        + TensorName.printable(String.valueOf(failed.getMessage())));
            }
        }
        return null;
    }
}
