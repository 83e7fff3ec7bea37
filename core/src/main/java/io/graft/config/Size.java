package io.graft.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** How many elements a collection or a map has, or how many characters a text has. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD})
public @interface Size {
    /** Least number of elements, or of characters of a text. */
    int min() default 0;

    /** Greatest number of elements, or of characters of a text. */
    int max() default Integer.MAX_VALUE;
}
