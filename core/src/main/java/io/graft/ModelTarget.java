package io.graft;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a kind of model known under an id, on a class that implements {@link ModelOpener}. The id is a key of the section {@code
 * graft.model}, and that key chooses the kind. The options record of the class binds the whole section, so it has a component for
 * the key, which is always given. Graft's annotation processor generates the binder of the record and the provider that {@link
 * java.util.ServiceLoader} finds.
 *
 * <pre>{@code
 * @ModelTarget("acme-index")
 * public final class AcmeModelOpener implements ModelOpener {
 *     public AcmeModelOpener(AcmeOptions options) { ... }
 * }
 *
 * // graft.model { acme-index = "weights.acme", revision = 3 }
 * public record AcmeOptions(Path acmeIndex, @Default("1") int revision) {}
 * }</pre>
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface ModelTarget {
    /** The key under {@code graft.model}: kebab-case, {@code [a-z][a-z0-9]*(-[a-z0-9]+)*}. */
    String value();
}
