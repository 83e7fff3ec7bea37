/**
 * New values for arrays of a live block, by all processors, and a log that puts the old ones back.
 *
 * <p>Knows arrays and the flags of parameters; must not know plans. Start reading at {@link io.graft.djl.overwrite.Overwriter}, then
 * {@link io.graft.djl.overwrite.UndoLog}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.djl.overwrite;

import org.apiguardian.api.API;
