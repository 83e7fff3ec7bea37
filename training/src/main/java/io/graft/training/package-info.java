/**
 * DJL's trainer, configured for models that Graft has modified.
 *
 * <p>Knows DJL and live models; must not know the command line. Start reading at {@link io.graft.training.ModelTrainer}.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.training;

import org.apiguardian.api.API;
