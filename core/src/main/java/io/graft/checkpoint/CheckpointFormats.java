package io.graft.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;

/**
 * The formats at hand.
 *
 * @param formats in the order found; the ones beside Graft's core come first
 * @param broken a sentence for each format that could not be loaded or failed when it was asked
 */
record CheckpointFormats(List<CheckpointFormat> formats, List<String> broken) {
    /** A services file that cannot be parsed may fail at every step, so the search gives up at some point. */
    private static final int MOST_FAILURES = 100;

    /** Finds formats with the class loader of this library, then with the context class loader. */
    static CheckpointFormats discover() {
        CheckpointFormats found = new CheckpointFormats(new ArrayList<>(), new ArrayList<>());
        Set<Class<?>> seen = new HashSet<>();
        ClassLoader own = CheckpointFormat.class.getClassLoader();
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        found.load(own, seen);
        if (context != null && context != own) {
            found.load(context, seen);
        }
        return found;
    }

    /** The first format that takes the file, or null. */
    CheckpointFormat recognizing(Path file, ByteBuffer head) throws IOException {
        for (CheckpointFormat format : formats) {
            try {
                if (format.recognizes(file, head.duplicate().order(head.order()))) {
                    return format;
                }
            } catch (RuntimeException | LinkageError failed) {
                broken.add(sentence(failed, format.getClass().getName()));
            }
        }
        return null;
    }

    private void load(ClassLoader loader, Set<Class<?>> seen) {
        Iterator<CheckpointFormat> providers =
                ServiceLoader.load(CheckpointFormat.class, loader).iterator();
        int failures = 0;
        while (failures < MOST_FAILURES) {
            try {
                if (!providers.hasNext()) {
                    return;
                }
                CheckpointFormat format = providers.next();
                if (seen.add(format.getClass())) {
                    formats.add(format);
                }
            } catch (ServiceConfigurationError | LinkageError failed) {
                failures++;
                broken.add(sentence(failed, "a checkpoint format"));
            }
        }
    }

    private static String sentence(Throwable failed, String what) {
        return what + " failed: " + TensorName.printable(String.valueOf(failed.getMessage()));
    }
}
