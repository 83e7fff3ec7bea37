/**
 * Fine-tunes a TorchScript program and saves it as one. Start reading at {@link io.graft.examples.program.ProgramTuning}.
 */
package io.graft.examples.program;
