/**
 * Reading the archives of {@code torch.jit.save}: parameters and buffers by full name. Of the program no more is looked at than the
 * lines that name a class's parameters and buffers.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.checkpoint.pytorch.script;

import org.apiguardian.api.API;
