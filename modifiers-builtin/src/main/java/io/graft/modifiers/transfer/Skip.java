package io.graft.modifiers.transfer;

import io.graft.SkipReason;

/**
 * An entry of a checkpoint that is not loaded.
 *
 * @param detail the facts; may be empty
 */
record Skip(Candidate candidate, SkipReason reason, String detail) {
    String key() {
        return candidate.entry().name();
    }
}
