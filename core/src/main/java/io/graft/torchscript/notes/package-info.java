/**
 * What an archive tells of the parametrizations that are part of its program, so that they can be taken out of it, switched and folded
 * when it is opened again, whoever brought them.
 *
 * <p>Knows parametrizations and expressions; must not know archives or code. Start reading at {@link
 * io.graft.torchscript.notes.ScriptNotes}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.torchscript.notes;

import org.apiguardian.api.API;
