/**
 * Layouts: how one logical tensor lies in a file as several stored ones, as quantized weights do. A layout finds such sets by names,
 * dtypes and the configuration beside the model, and says what their tensors mean by an expression. It reads no weights.
 *
 * <p>Knows tensors and nothing of files. Start reading at {@link io.graft.checkpoint.layout.CheckpointLayout}.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.checkpoint.layout;

import org.apiguardian.api.API;
