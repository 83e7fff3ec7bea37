/**
 * What {@code torch.save} wraps around pickles and storages: the zip archive, and the file of before PyTorch 1.6.
 *
 * <p>Knows where pickles and storages stand, not what they mean. Start reading at {@link
 * io.graft.checkpoint.pytorch.container.TorchArchive}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.checkpoint.pytorch.container;

import org.apiguardian.api.API;
