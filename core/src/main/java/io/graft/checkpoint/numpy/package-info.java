/**
 * NumPy's {@code .npz} and {@code .npy} files.
 *
 * <p>Knows the header of an array; the container of the archive is read by {@link io.graft.checkpoint.zip.ZipArchive}.
 * Start reading at {@link io.graft.checkpoint.numpy.NumpyFormat}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.checkpoint.numpy;

import org.apiguardian.api.API;
