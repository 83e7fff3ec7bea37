/**
 * Optimizers of PyTorch's formulas on DJL's interface, with state by the names of parameters and settings by groups of them.
 *
 * <p>Knows live models and DJL's arrays; must not know files, schedules or the trainer. Start reading at {@link
 * io.graft.training.optimizer.NamedOptimizer}.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.training.optimizer;

import org.apiguardian.api.API;
