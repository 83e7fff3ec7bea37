package io.graft.training;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What the log tells. */
final class Warnings {
    private Warnings() {}

    /** The warnings of something that is done, without the names of threads and loggers; those of other libraries are left out. */
    static List<String> of(Runnable done) {
        PrintStream err = System.err;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            done.run();
        } finally {
            System.setErr(err);
        }
        return in(bytes.toString(StandardCharsets.UTF_8));
    }

    /** Those that a process has written. */
    static List<String> in(String text) {
        return text.lines()
                .filter(line -> line.contains(" WARN io.graft."))
                .map(line -> line.substring(line.indexOf(" - ") + 3))
                .toList();
    }
}
