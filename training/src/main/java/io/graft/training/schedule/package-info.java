/**
 * What of a model is trained when, and how fast.
 *
 * <p>Knows live models; must not know the trainer. Start reading at {@link io.graft.training.schedule.TrainingSchedules}.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.training.schedule;

import org.apiguardian.api.API;
