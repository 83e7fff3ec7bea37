/**
 * BERT and RoBERTa (Devlin et al. 2019, Liu et al. 2019). Start reading at {@link io.graft.models.bert.BertModel}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.models.bert;

import org.apiguardian.api.API;
