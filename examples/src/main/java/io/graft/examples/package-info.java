/**
 * Networks that configurations of the examples name as their {@code block-factory}.
 *
 * <p>Knows DJL and nothing of Graft: a network needs no change to be modified. Start reading at {@link
 * io.graft.examples.EncoderProcessorDecoder}.
 */
package io.graft.examples;
