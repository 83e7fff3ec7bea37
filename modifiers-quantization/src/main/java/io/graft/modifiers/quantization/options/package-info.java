/** Values of the options of quantization. Knows neither arithmetic nor models. */
package io.graft.modifiers.quantization.options;
