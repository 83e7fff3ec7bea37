/** Weights quantized and made whole again, and models that run with codes. */
package io.graft.benchmarks.quantization;
