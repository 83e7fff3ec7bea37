package io.graft.registry;

import io.graft.checkpoint.write.StateDictFormat;

/** A format of outputs: generated for each {@link io.graft.OutputFormat} class, and bound to {@code graft.output.format}. */
public interface OutputFormatProvider extends PlugProvider<StateDictFormat> {}
