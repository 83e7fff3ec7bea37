/**
 * Which of a pickle's values are the model's: state dicts, nested dicts, Lightning's files, whole modules. The rest becomes text.
 *
 * <p>Knows pickled values only, neither containers nor bytes. Start reading at {@link io.graft.checkpoint.pytorch.state.ModelState}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.checkpoint.pytorch.state;

import org.apiguardian.api.API;
