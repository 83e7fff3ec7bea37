/**
 * Programs that show speed and memory: each makes its own input, warms up, runs, and prints a table of one run.
 *
 * <p>Start reading at {@link io.graft.benchmarks.files.CommandBenchmark}.
 */
package io.graft.benchmarks;
