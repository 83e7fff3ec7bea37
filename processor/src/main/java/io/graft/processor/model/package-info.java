/**
 * What the processor knows of one plug and its options: immutable values, faulty ones included, so that rules can
 * judge them.
 *
 * <p>Must not know the compiler: {@link io.graft.processor.model.SourceRef} alone carries its elements, unread. Start
 * reading at
 * {@link io.graft.processor.model.PlugModel}.
 */
package io.graft.processor.model;
