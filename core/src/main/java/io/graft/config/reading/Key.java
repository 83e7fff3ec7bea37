package io.graft.config.reading;

/** The value of one key of an object that is being bound; see {@link ObjectBinding}. */
public interface Key<T> {
    /**
     * The value. Only to be called inside {@link ObjectBinding#finish}, which does so when every key has one.
     *
     * @throws IllegalStateException if there is none
     */
    T get();
}
