package io.graft.migration;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a kind of migration known under an id, on a class that implements {@link CheckpointMigration}. A step of {@code graft.migrations}
 * names it as its {@code type}; what else stands there binds the options record of the class, but for the keys that every step has: {@code
 * id}, {@code since} and {@code until}. Graft's annotation processor generates the binder of the record and the provider
 * that {@link java.util.ServiceLoader} finds.
 *
 * <pre>{@code
 * @Migration("acme-swap-gates")
 * public final class SwapGates implements CheckpointMigration { ... }
 *
 * // graft.migrations.steps = [ { id = gates, until = "2.0", type = acme-swap-gates } ]
 * }</pre>
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Migration {
    /** The id that a step gives as {@code type}: kebab-case, {@code [a-z][a-z0-9]*(-[a-z0-9]+)*}. */
    String value();
}
