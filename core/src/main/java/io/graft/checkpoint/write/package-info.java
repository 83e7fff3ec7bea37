/**
 * Files on their way to the disk: what they consist of, and how several threads write, hash and force them meanwhile.
 *
 * <p>Knows bytes, tensors and places in files; nothing of any format, which says by pieces what its files are. Start reading at
 * {@link io.graft.checkpoint.write.ParallelWriter} and {@link io.graft.checkpoint.write.PlannedFile}.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.checkpoint.write;

import org.apiguardian.api.API;
