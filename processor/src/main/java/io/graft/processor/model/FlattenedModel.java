package io.graft.processor.model;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A component with {@code @Flatten}: the keys of its record lie in the object of the record that it is a component of.
 *
 * @param component the Java name
 * @param record what it is; empty if it is no record of options, or one that it is inside of
 * @param ofKeys annotations on it that are about a key, which it has none of, as the source has them
 * @param documentation plain text of the record's {@code @param}; empty if there is none
 */
public record FlattenedModel(
        String component,
        TypeShape shape,
        Optional<OptionsModel> record,
        List<Literal> ofKeys,
        String documentation,
        SourceRef at)
        implements ComponentModel {
    public FlattenedModel {
        ofKeys = List.copyOf(ofKeys);
    }

    @Override
    public Stream<KeyModel> keys() {
        return record.stream().flatMap(options -> options.keys().stream());
    }
}
