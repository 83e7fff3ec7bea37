package io.graft.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the decoder of an option whose type cannot carry {@link DecodedBy}, such as {@code java.time.Instant}. Of an
 * {@code Optional}, {@code List}, {@code Set} or {@code Map} it decodes what is inside; the keys of a map stay as they are.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD})
public @interface Decode {
    /**
     * A {@link io.graft.config.reading.Decoder} or {@link io.graft.config.reading.ValueDecoder} of the type, public, with a
     * public constructor without parameters.
     */
    Class<?> value();
}
