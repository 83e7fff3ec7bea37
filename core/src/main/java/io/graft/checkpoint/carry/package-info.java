/**
 * What lies beside a model and belongs to it: which files go along into an output folder, and what is corrected in its {@code
 * config.json} where a change made it untrue.
 *
 * <p>Knows names of files and JSON texts; nothing of tensors' values, plans or configurations. Start reading at {@link
 * io.graft.checkpoint.carry.Belongings}.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.checkpoint.carry;

import org.apiguardian.api.API;
