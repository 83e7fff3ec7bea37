/**
 * What a training begins with.
 *
 * <p>Knows modifiers that load checkpoints, and saved trainings; must not know the trainer. Start reading at {@link
 * io.graft.training.strategy.LoadingStrategy}.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.training.strategy;

import org.apiguardian.api.API;
