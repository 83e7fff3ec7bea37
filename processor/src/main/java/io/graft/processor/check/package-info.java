/**
 * Judging models: a list of rules, each from a model to a report value.
 *
 * <p>Knows the model and, for defaults, the decoders of core; must not know the compiler or what is generated. A new
 * mistake is a
 * {@link io.graft.processor.check.MistakeCode} and a {@link io.graft.processor.check.Rule} in a list. Start reading at
 * {@link io.graft.processor.check.PlugRules} and {@link io.graft.processor.check.OptionsRules}.
 */
package io.graft.processor.check;
