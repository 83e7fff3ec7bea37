package io.graft.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A key that the options record no longer has; whoever still gives it is told why, and what to do instead. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Repeatable(RemovedKey.List.class)
public @interface RemovedKey {
    /** The key, in kebab-case. */
    String key();

    /** The version that removed it. */
    String since();

    /** Why it is gone and what to write instead, for people. */
    String reason();

    /** Several removed keys. */
    @Documented
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.TYPE)
    @interface List {
        /** The keys. */
        RemovedKey[] value();
    }
}
