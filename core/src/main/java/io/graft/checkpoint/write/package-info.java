/**
 * Writing checkpoint files: what they consist of, how several threads write, hash and force them meanwhile, and how they reach
 * their place as a whole.
 *
 * <p>Knows tensors, bytes and places in files, but no format and no plan: a format that state dicts are written in implements
 * {@link io.graft.checkpoint.write.StateDictFormat} beside its writer, and says by the pieces of a {@link
 * io.graft.checkpoint.write.PlannedFile} what a file is. Start reading at {@link io.graft.checkpoint.write.ParallelWriter}.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.checkpoint.write;

import org.apiguardian.api.API;
