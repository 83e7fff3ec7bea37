package io.graft.processor.check;

/**
 * Finds one kind of mistake.
 *
 * @param <M> what it judges, such as a plug or an options record
 */
@FunctionalInterface
public interface Rule<M> {
    Report check(M model);
}
