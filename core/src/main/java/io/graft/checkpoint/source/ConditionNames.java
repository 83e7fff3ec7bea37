package io.graft.checkpoint.source;

import io.graft.checkpoint.Sha256;

/**
 * How whoever asks for a checkpoint says what has to hold for it; messages tell to write this.
 *
 * @param sha256 of the digest, which {@code %s} stands for
 * @param allowPickle of the permission for a pickle
 */
public record ConditionNames(String sha256, String allowPickle) {
    /** The keys of a configuration. */
    public static final ConditionNames OF_CONFIGURATION = new ConditionNames("sha256 = \"%s\"", "allow-pickle = true");

    String with(Sha256 digest) {
        return sha256.formatted(digest);
    }
}
