package io.graft.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A key of the options record that needs another one: whoever gives the first in a file must give the second. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Repeatable(Requires.List.class)
public @interface Requires {
    /** The key that needs another, in kebab-case. */
    String key();

    /** The key that is needed, in kebab-case. */
    String with();

    /** Several such needs. */
    @Documented
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.TYPE)
    @interface List {
        /** The needs. */
        Requires[] value();
    }
}
