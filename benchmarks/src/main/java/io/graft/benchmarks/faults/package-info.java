/** What is left when something fails: faults that are injected, interrupts, and files and configurations that are damaged. */
package io.graft.benchmarks.faults;
