/** What the programs share: processes and pieces of work that are measured, and the input that they make. */
package io.graft.benchmarks.measuring;
