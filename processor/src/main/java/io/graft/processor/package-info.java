/**
 * Graft's annotation processors. They turn each {@code @Modifier} class into a provider and each options record into
 * a binder.
 *
 * <p>The phases are packages, and data goes through them in one direction: {@code discover} reads elements into
 * {@code model}s,
 * {@code check} judges those, {@code render} makes text of clean ones, {@code emit} writes it. Start reading at
 * {@link io.graft.processor.PlugBindingProcessor}.
 */
package io.graft.processor;
