package io.graft.checkpoint.source;

import java.util.OptionalLong;

/**
 * Is told how downloads go on, by the thread that downloads; never of what is at hand already. Must be quick, since the download
 * waits for it.
 */
public interface FetchProgress {
    /** For which nobody watches. */
    FetchProgress NONE = new FetchProgress() {
        @Override
        public void arrived(String uri, long bytes, OptionalLong total) {}

        @Override
        public void ended() {}
    };

    /**
     * More of a file is here. It may also become less, when a download has to begin anew.
     *
     * @param uri as {@link CheckpointRef#shown()}
     * @param bytes at hand, those of earlier attempts included
     * @param total bytes of the file, if the server says it
     */
    void arrived(String uri, long bytes, OptionalLong total);

    /** The download that was told of last has ended, however. */
    void ended();
}
