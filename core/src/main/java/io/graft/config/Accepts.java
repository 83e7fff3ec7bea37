package io.graft.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says, on a {@link io.graft.config.reading.Decoder} or {@link io.graft.config.reading.ValueDecoder}, what it accepts: for the
 * pages, samples and JSON Schemas of the modifiers that use it. Without it a value is called as its type is, and a schema says
 * no more than whether it is a scalar.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Accepts {
    /** What people call a value; a noun without an article, such as {@code checkpoint}. */
    String value();

    /**
     * The JSON Schema (2020-12) of a value: a JSON object, which may refer to nothing outside itself. Empty for a scalar of
     * whatever form.
     */
    String schema() default "";
}
