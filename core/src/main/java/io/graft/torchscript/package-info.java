/**
 * TorchScript archives as models: read as a value, compared with a plan, and written as a copy in which only what changes is not
 * byte for byte what it was.
 *
 * <p>Knows archives, plans and expressions; must not know the engine. Start reading at {@link io.graft.torchscript.ScriptArchive};
 * {@link io.graft.torchscript.ScriptFormat} writes. Below it {@code pickle}, {@code code} and {@code notes}, which know nothing of each
 * other.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.torchscript;

import org.apiguardian.api.API;
