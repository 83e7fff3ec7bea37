package io.graft;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a section of a configuration known, on a class that implements {@link ConfiguredSection}. The id is its key under {@code graft},
 * beside those of Graft's own; the options record of the class binds it. Runs that make nothing of the section find what is wrong with it
 * all the same. Graft's annotation processor generates the binder of the record and the provider that {@link java.util.ServiceLoader} finds.
 *
 * <pre>{@code
 * @ConfigurationSection("training")
 * public final class TrainingSection implements ConfiguredSection {
 *     public TrainingSection(TrainingOptions options) { ... }
 * }
 *
 * // graft.training { optimizer { type = adamw } }
 * public record TrainingOptions(OptimizerRule optimizer) {}
 * }</pre>
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface ConfigurationSection {
    /** The key under {@code graft}: kebab-case, {@code [a-z][a-z0-9]*(-[a-z0-9]+)*}. */
    String value();
}
