/**
 * Residual networks (He et al. 2016). Start reading at {@link io.graft.models.resnet.ResNetModel}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.models.resnet;

import org.apiguardian.api.API;
