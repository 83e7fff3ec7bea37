/** What extensions, modifiers and their options cost at the start and in the processor. */
package io.graft.benchmarks.extensions;
