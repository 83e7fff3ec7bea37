/**
 * The model as it will be: the draft with its modules, tensors and changes, selectors and parametrizations.
 *
 * <p>Knows tensor entries and their bytes, but no file format and no engine. Start reading at {@link io.graft.model.ModelDraft}.
 */
@API(status = API.Status.STABLE, since = "1.0")
package io.graft.model;

import org.apiguardian.api.API;
