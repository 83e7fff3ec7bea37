/**
 * What a module of a model gives, batch by batch, into a file: features that a new head is trained on, without computing what is frozen
 * again and again.
 *
 * <p>Knows runs of models and files; must not know DJL. Start reading at {@link io.graft.apply.features.FeatureRun}; {@code
 * io.graft.djl.features} reads the file.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.apply.features;

import org.apiguardian.api.API;
