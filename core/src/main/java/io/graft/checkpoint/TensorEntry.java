package io.graft.checkpoint;

/**
 * One named tensor of a checkpoint, known from the header; its data are lazy.
 *
 * @param name dotted name as the file spells it; text only, never a path
 * @param dtype element type in the file
 * @param shape dimensions
 * @param range where the stored bytes lie: the tensor itself, or the storage that a strided view looks at
 * @param data the tensor's bytes, contiguous whatever the layout in the file
 */
public record TensorEntry(String name, DType dtype, Shape shape, ByteRange range, TensorData data) {}
