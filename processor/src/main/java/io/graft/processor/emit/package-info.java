/**
 * The edge: writing generated classes and resources, and printing reports.
 *
 * <p>Knows the compiler's filer and messager; decides nothing. Start reading at {@link
 * io.graft.processor.emit.Emitter}.
 */
package io.graft.processor.emit;
