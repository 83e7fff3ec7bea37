package io.graft;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a format that models are written in known under an id, on a class that implements {@link
 * io.graft.checkpoint.write.StateDictFormat}. A configuration names it as {@code output.format}: the id alone, or an object with
 * the id as {@code type} and the options of the class. Graft's annotation processor generates the binder of its options record and
 * the provider that {@link java.util.ServiceLoader} finds.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface OutputFormat {
    /** The id that a configuration gives as {@code output.format}: kebab-case, {@code [a-z][a-z0-9]*(-[a-z0-9]+)*}. */
    String value();
}
