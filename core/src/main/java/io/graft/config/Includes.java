package io.graft.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says that a file which another program writes may be included as options of the record: {@code @Includes("adapter_config.json")}.
 * A newer version of that program has keys in it that the record lacks; one that is off there, which is {@code null}, {@code false} or empty,
 * is a warning. Everywhere else, and where it is on, a key that the record lacks is an error.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Includes {
    /** The name of the file, without a folder. */
    String value();
}
