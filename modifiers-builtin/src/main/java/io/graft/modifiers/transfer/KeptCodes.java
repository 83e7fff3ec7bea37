package io.graft.modifiers.transfer;

import io.graft.config.Default;
import io.graft.model.parametrization.Form;

/**
 * How a model holds weights that the checkpoint has as codes.
 *
 * @param kernel what a live layer may run in place of a product with the restored weight, where the codes are integers of up to 8 bits:
 *     the {@code fastest} for its inputs, {@code none}, {@code weight-only} (inputs rounded to bfloat16), or {@code dynamic} (inputs
 *     rounded to 8 bits)
 */
public record KeptCodes(@Default("fastest") Form.ScaledCodes.Kernel kernel) {}
