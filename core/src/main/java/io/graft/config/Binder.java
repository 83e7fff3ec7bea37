package io.graft.config;

/** Turns a configuration object into a typed value, collecting every problem. Generated beside each options record. */
public interface Binder<T> {
    Bound<T> bind(ConfigCursor cursor);
}
