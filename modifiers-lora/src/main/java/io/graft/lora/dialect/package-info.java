/**
 * How tools write adapters: each dialect is a service that recognises files, reads them into one neutral value, and writes that value
 * back as its own files. Start reading at {@link io.graft.lora.dialect.AdapterDialect}; {@link io.graft.lora.dialect.AdapterDialects}
 * finds them.
 *
 * <p>The neutral value is an {@link io.graft.lora.dialect.Adapter}: lazy tensors, each with its module and what it is to it, and settings
 * under the names that PEFT's configuration has for them. Knows checkpoints by their headers; must not know a model's draft, nor how
 * an update is merged.
 */
package io.graft.lora.dialect;
