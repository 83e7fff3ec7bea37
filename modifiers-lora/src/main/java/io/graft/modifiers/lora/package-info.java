/**
 * Low-rank adapters: putting them on a model to train them, merging them into its weights, and writing them as other tools do. Here are the
 * modifiers and their options, and the making of a new adapter.
 *
 * <p>The way of an adapter: a dialect reads it ({@link io.graft.lora.dialect}); its settings ({@link
 * io.graft.modifiers.lora.config.AdapterConfig}) and its tensors, grouped by the module that they belong to ({@link
 * io.graft.modifiers.lora.reading}), are held against each other and meet the model's names ({@link
 * io.graft.modifiers.lora.placing.NameMapping}). Each pair of factors finds its weight and how it lies over it ({@link
 * io.graft.modifiers.lora.placing.Placing}), and becomes an update ({@link io.graft.modifiers.lora.update}, made by {@link
 * io.graft.modifiers.lora.trained.Merging}). Knows the draft, and checkpoints by their headers; must not know a model target. Start reading
 * at {@link io.graft.modifiers.lora.LoraMergeModelModifier}.
 *
 * <p>The way of a new adapter: its options become settings as PEFT has them ({@link io.graft.modifiers.lora.NewSettings}), by which
 * modules are matched ({@link io.graft.modifiers.lora.target.Targets}); what kind of layer each is ({@link
 * io.graft.layer.LayerKinds}) tells how factors lie over its weight, a rule ({@link io.graft.modifiers.lora.start}) what they start as
 * ({@link io.graft.modifiers.lora.NewAdapter}). The very same updates are merged or stand on a weight ({@link
 * io.graft.modifiers.lora.use}). Start reading at {@link io.graft.modifiers.lora.LoraModelModifier}.
 */
package io.graft.modifiers.lora;
