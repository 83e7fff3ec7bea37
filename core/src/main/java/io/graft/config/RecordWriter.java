package io.graft.config;

/**
 * Turns an options record back into the object that its {@link Binder} reads: what is bound from it equals the record.
 * {@link OptionsBinder} has both.
 */
public interface RecordWriter<T> {
    /** Puts every key of the record that has a value. */
    void write(T options, ConfigWriter writer);
}
