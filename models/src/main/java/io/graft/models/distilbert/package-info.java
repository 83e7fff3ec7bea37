/**
 * DistilBERT (Sanh et al. 2019). Start reading at {@link io.graft.models.distilbert.DistilBertModel}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.models.distilbert;

import org.apiguardian.api.API;
