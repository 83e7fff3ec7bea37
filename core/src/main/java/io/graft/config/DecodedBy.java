package io.graft.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names the decoder of a type that options records may use; for a type of somebody else's there is {@link Decode}. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface DecodedBy {
    /**
     * A {@link io.graft.config.reading.Decoder} or {@link io.graft.config.reading.ValueDecoder} of the type, public, with a
     * public constructor without parameters.
     */
    Class<?> value();
}
