package io.graft.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A component that is a record of options of its own, whose keys lie flat in the object of the record that it is a component of: many
 * keys in groups that Java reads well, and a file sees none of it.
 *
 * <pre>{@code
 * public record LoraOptions(@Flatten Targets targets, @Default("8") int rank) {}
 *
 * public record Targets(List<String> targetModules, Optional<List<String>> excludeModules) {}
 * }</pre>
 *
 * <p>The file has {@code target-modules}, {@code exclude-modules} and {@code rank} beside each other. What the record says of its keys
 * holds as if they were declared in place: defaults, constraints, other names, relations and checks. A key can come from one component
 * only, and the record always has a value, so that it is neither optional nor in a list. It may have flattened components itself.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD})
public @interface Flatten {}
