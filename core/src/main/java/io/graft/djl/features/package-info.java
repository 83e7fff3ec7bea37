/**
 * Features that were written to a file, as a dataset of DJL.
 *
 * <p>Knows checkpoints and DJL's datasets; must not know how features are computed. Start reading at {@link
 * io.graft.djl.features.FeatureDataset}.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.djl.features;

import org.apiguardian.api.API;
