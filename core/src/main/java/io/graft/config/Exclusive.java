package io.graft.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Keys of the options record of which a file may give at most one: {@code @Exclusive({"path", "rank"})}; or one that excludes each of
 * several, which do not exclude each other: {@code @Exclusive(key = "path", with = {"rank", "alpha"})}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Repeatable(Exclusive.List.class)
public @interface Exclusive {
    /** The keys, in kebab-case. */
    String[] value() default {};

    /** The key that excludes others, in kebab-case. */
    String key() default "";

    /** The keys that it excludes, in kebab-case. */
    String[] with() default {};

    /** Several such sets of keys. */
    @Documented
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.TYPE)
    @interface List {
        /** The sets. */
        Exclusive[] value();
    }
}
