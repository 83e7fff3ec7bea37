/**
 * NumPy's {@code .npz} and {@code .npy} files.
 *
 * <p>Knows the header of an array; the container of the archive is read by {@link io.graft.checkpoint.pytorch.StoredMembers}.
 * Start reading at {@link io.graft.checkpoint.numpy.NumpyFormat}.
 */
package io.graft.checkpoint.numpy;
