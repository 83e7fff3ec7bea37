/**
 * PyTorch's storages and the tensors that look at them: types, strides, and the bytes in a row that Graft hands out.
 *
 * <p>Knows pickled values, but not where a container keeps its storages: it asks a
 * {@link io.graft.checkpoint.pytorch.storage.StorageSource}. Start reading at
 * {@link io.graft.checkpoint.pytorch.storage.TensorResolver}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.checkpoint.pytorch.storage;

import org.apiguardian.api.API;
