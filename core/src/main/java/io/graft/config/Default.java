package io.graft.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The value of an option that a file does not give; checked when the record is compiled, by the decoder that reads files. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD})
public @interface Default {
    /** HOCON, as a file would write the value: {@code 8}, {@code 5 minutes}, {@code [query, value]}. */
    String value();
}
