package io.graft.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Other keys that an option may be given by, for good; for a name that is to go, see {@link RenamedFrom}. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD})
public @interface Alias {
    /** The keys, in kebab-case; the snake_case spelling of each is the same key. */
    String[] value();
}
