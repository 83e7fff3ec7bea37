/** Adapters made, trained and extracted. */
package io.graft.benchmarks.lora;
