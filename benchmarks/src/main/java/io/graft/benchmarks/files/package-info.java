/** Checkpoint files opened, renamed, merged and converted, by the command and by the library. */
package io.graft.benchmarks.files;
