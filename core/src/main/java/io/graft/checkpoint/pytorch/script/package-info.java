/**
 * Reading the archives of {@code torch.jit.save}: parameters and buffers by full name. Of the program no more is looked at than the
 * lines that name a class's parameters and buffers.
 *
 * <p>Knows pickled values and the text of classes; must not know how an archive is edited, which is the business of {@code
 * io.graft.torchscript}. Start reading at {@link io.graft.checkpoint.pytorch.script.ScriptModule}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.checkpoint.pytorch.script;

import org.apiguardian.api.API;
