/**
 * What the examples that train share: their command line, a loop over DJL's trainer, and what is shown of it.
 *
 * <p>Must not know any of the examples. Start reading at {@link io.graft.examples.Course}.
 */
package io.graft.examples;
