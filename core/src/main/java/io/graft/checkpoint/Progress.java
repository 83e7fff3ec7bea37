package io.graft.checkpoint;

import java.util.OptionalLong;

/**
 * Is told how long work goes on: downloads, files that are written, values that are compared; by the thread that does it, one at a
 * time. Must be quick, since the work waits for it.
 */
public interface Progress {
    /** For which nobody watches. */
    Progress NONE = new Progress() {
        @Override
        public void reached(String work, long bytes, OptionalLong total) {}

        @Override
        public void ended() {}
    };

    /**
     * More of something is done. It may also become less, when a download has to begin anew.
     *
     * @param work what is done, {@code writing}; of a download, its URI without passwords and keys
     * @param bytes that are done; of a download those of earlier attempts included, not what was at hand already
     * @param total bytes that there are to do, if that is known
     */
    void reached(String work, long bytes, OptionalLong total);

    /** What was told of last has ended, however. */
    void ended();
}
