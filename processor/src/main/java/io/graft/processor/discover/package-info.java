/**
 * Reading elements of the compiler into models.
 *
 * <p>Knows {@code javax.lang.model}; judges nothing and generates nothing. Start reading at
 * {@link io.graft.processor.discover.PlugReader}.
 */
package io.graft.processor.discover;
