/**
 * The object of a TorchScript archive as a tree, and how it is written again with some of its nodes changed. Reading it is the
 * business of {@code io.graft.checkpoint.pytorch.pickle}.
 *
 * <p>Knows values of pickles; must not know classes, plans or files. Start reading at {@link
 * io.graft.torchscript.pickle.ObjectPickle}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.torchscript.pickle;

import org.apiguardian.api.API;
