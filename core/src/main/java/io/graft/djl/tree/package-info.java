/**
 * The tensors and modules of a block under PyTorch's names.
 *
 * <p>Knows blocks, modified ones too; must not know plans. Start reading at {@link io.graft.djl.tree.BlockTree}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.djl.tree;

import org.apiguardian.api.API;
