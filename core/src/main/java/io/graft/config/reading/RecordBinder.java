package io.graft.config.reading;

/**
 * The binder of an options record: one object holds all keys of it, and may hold those of other records that it is a {@linkplain
 * io.graft.config.Flatten flattened} component of.
 */
public interface RecordBinder<T> extends OptionsBinder<T> {
    /**
     * Names the record's keys in an object, beside whatever others it has.
     *
     * @return the record, which has a value when the object is {@linkplain ObjectBinding#finishWith finished} without an error
     */
    Key<T> declare(ObjectBinding object);

    @Override
    default Bound<T> bind(ConfigCursor cursor) {
        ObjectBinding object = cursor.object();
        return object.finishWith(declare(object));
    }
}
