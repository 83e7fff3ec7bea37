package io.graft.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What the elements of a list or a set must be like. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD})
public @interface Each {
    /** Whether each element, a text, must hold a character that is not white space. */
    boolean nonBlank() default false;

    /** Whether no element may come twice. */
    boolean unique() default false;
}
