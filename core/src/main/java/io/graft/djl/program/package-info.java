/**
 * TorchScript programs as models: archives that are opened, and programs that are open and changed in place or loaded anew.
 *
 * <p>Knows archives of {@link io.graft.torchscript} and the engine; must not know native blocks' parts. Start reading at {@link
 * io.graft.djl.program.LiveScriptTarget}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.djl.program;

import org.apiguardian.api.API;
