/**
 * The vision transformer (Dosovitskiy et al. 2021). Start reading at {@link io.graft.models.vit.VitModel}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.models.vit;

import org.apiguardian.api.API;
