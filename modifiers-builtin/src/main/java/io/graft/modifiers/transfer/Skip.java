package io.graft.modifiers.transfer;

import io.graft.SkipReason;

/**
 * An entry of a checkpoint that is not loaded.
 *
 * @param detail the facts; may be empty
 * @param expected whether a model of this kind never has a place for it
 */
record Skip(Candidate candidate, SkipReason reason, String detail, boolean expected) {
    Skip(Candidate candidate, SkipReason reason, String detail) {
        this(candidate, reason, detail, false);
    }

    String key() {
        return candidate.key();
    }
}
