/** Models in memory: loading them, running them, and training them. */
package io.graft.benchmarks.live;
