/**
 * What differs between two checkpoints: names, shapes, dtypes and values.
 *
 * <p>Knows opened checkpoints and nothing of their formats. Values are read window by window, so that checkpoints of any size
 * can be compared. Start reading at {@link io.graft.checkpoint.diff.CheckpointComparison}.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.checkpoint.diff;

import org.apiguardian.api.API;
