/**
 * Finding modifiers: providers, discovery through {@link java.util.ServiceLoader}, descriptors.
 *
 * <p>Listing modifiers loads no modifier class and no engine. Start reading at {@link
 * io.graft.registry.ModifierRegistry}.
 */
package io.graft.registry;
