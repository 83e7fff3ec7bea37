package io.graft;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a {@link ModelModifier} known under an id. Graft's annotation processor generates the binder of its options record
 * and the provider that {@link java.util.ServiceLoader} finds.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Modifier {
    /** The id that a configuration gives as {@code type}: kebab-case, {@code [a-z][a-z0-9]*(-[a-z0-9]+)*}. */
    String value();

    /** Other names for {@code type} or {@code _target_}, such as the dotted class name of another system. */
    String[] aliases() default {};

    /** Where it may stand in a list, as against modifiers that load values. */
    Phase phase() default Phase.AFTER_LOAD;
}
