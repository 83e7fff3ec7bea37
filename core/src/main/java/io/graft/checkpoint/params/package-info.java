/**
 * DJL's {@code .params} files: a reader of their parameters, which have no paths.
 *
 * <p>Knows the bytes and nothing of DJL: the names that a block gives to them belong to {@code io.graft.djl}. Start reading at
 * {@link io.graft.checkpoint.params.ParamsFormat}.
 */
package io.graft.checkpoint.params;
