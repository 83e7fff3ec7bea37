package io.graft.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What the option's key was called before. The old name is still read, with a warning that shows the new one. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD})
@Repeatable(RenamedFrom.List.class)
public @interface RenamedFrom {
    /** The old key, in kebab-case. */
    String value();

    /** The version that renamed it. */
    String since();

    /** The version that will no longer read the old name; empty if that is open. */
    String removeIn() default "";

    /** Several old names. */
    @Documented
    @Retention(RetentionPolicy.RUNTIME)
    @Target({ElementType.RECORD_COMPONENT, ElementType.FIELD})
    @interface List {
        /** The names. */
        RenamedFrom[] value();
    }
}
