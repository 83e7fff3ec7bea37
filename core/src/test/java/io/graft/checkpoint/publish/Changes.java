package io.graft.checkpoint.publish;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Changes that are counted, from 1, and to each of which something may happen before it is made. */
final class Changes implements FolderChanges {
    private final Before before;
    private final List<String> made = new ArrayList<>();
    private int count;

    /** What happens before the n-th change. */
    interface Before {
        void change(int n) throws IOException;
    }

    Changes(Before before) {
        this.before = before;
    }

    /** A disk on which changes fail from the n-th on. */
    static Changes failingFrom(int first) {
        return new Changes(n -> {
            if (n >= first) {
                throw new IOException("Input/output error");
            }
        });
    }

    /** A disk on which the n-th change fails. */
    static Changes failingAt(int one) {
        return new Changes(n -> {
            if (n == one) {
                throw new IOException("Input/output error");
            }
        });
    }

    /** How many changes were asked for. */
    int count() {
        return count;
    }

    /** What was done, as {@code force out}. */
    List<String> made() {
        return made;
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        next("move", to);
        REAL.move(from, to);
    }

    @Override
    public void link(Path file, Path name) throws IOException {
        next("link", name);
        REAL.link(file, name);
    }

    @Override
    public void delete(Path file) throws IOException {
        next("delete", file);
        REAL.delete(file);
    }

    @Override
    public void makeFolder(Path folder) throws IOException {
        next("make", folder);
        REAL.makeFolder(folder);
    }

    @Override
    public void force(Path folder) throws IOException {
        next("force", folder);
        REAL.force(folder);
    }

    private void next(String what, Path file) throws IOException {
        before.change(++count);
        made.add(what + " " + file.getFileName());
    }
}
