/**
 * Turning clean models into the text of generated classes.
 *
 * <p>Pure: the same model gives the same text; must not know the compiler, the rules or where files go. Start reading
 * at
 * {@link io.graft.processor.render.BinderRenderer} and {@link io.graft.processor.render.ProviderRenderer}.
 */
package io.graft.processor.render;
