package io.graft.config.writing;

/**
 * Turns an options record back into the object that its {@link io.graft.config.reading.Binder} reads: what is bound from it
 * equals the record. {@link io.graft.config.reading.OptionsBinder} has both.
 */
public interface RecordWriter<T> {
    /** Puts every key of the record that has a value. */
    void write(T options, ConfigWriter writer);
}
