package io.graft.processor.model;

import java.util.stream.Stream;

/** One component of an options record. */
public sealed interface ComponentModel permits KeyModel, FlattenedModel {
    /** The Java name. */
    String component();

    TypeShape shape();

    /** Plain text of the record's {@code @param}; empty if there is none. */
    String documentation();

    SourceRef at();

    /** The keys of the record's object that it is read from, in their order. */
    Stream<KeyModel> keys();
}
