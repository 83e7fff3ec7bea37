/**
 * What the processor knows of one modifier and its options: immutable values, faulty ones included, so that rules can
 * judge them.
 *
 * <p>Must not know the compiler: {@link io.graft.processor.model.SourceRef} alone carries its elements, unread. Start
 * reading at
 * {@link io.graft.processor.model.ModifierModel}.
 */
package io.graft.processor.model;
