package io.graft.checkpoint.source;

import java.time.Duration;

/**
 * What is asked of a remote file.
 *
 * @param offset the first byte wanted
 * @param version with an offset above 0, the version of the bytes before it: of another version the content is wanted from byte
 *     0 on. With offset 0, the version that is at hand: the content is wanted only if it is another. {@link Version#UNKNOWN} if
 *     there is none
 * @param idleTimeout how long to wait for an answer and for each byte
 */
public record ContentRequest(long offset, Version version, Duration idleTimeout) {
    /** Whether a part is at hand and its rest is wanted. */
    public boolean resumes() {
        return offset > 0;
    }
}
