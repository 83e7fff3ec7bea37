package io.graft.testkit;

import io.graft.config.reading.Binder;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;

/** Stands where the processor would have put the binder of {@link Handwritten.RenamedOptions}. */
public final class Handwritten_RenamedOptions_Binder implements Binder<Handwritten.RenamedOptions> {
    public Handwritten_RenamedOptions_Binder() {}

    @Override
    public Bound<Handwritten.RenamedOptions> bind(ConfigCursor cursor) {
        return Handwritten.bindRenamed(cursor);
    }
}
