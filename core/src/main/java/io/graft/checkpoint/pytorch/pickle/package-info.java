/**
 * Pickles without Python: {@link io.graft.checkpoint.pytorch.pickle.PickleReader} turns the opcodes of a pickle into plain
 * {@link io.graft.checkpoint.pytorch.pickle.PickleValue values}. Nothing is ever imported or called.
 *
 * <p>Knows nothing of tensors' bytes, state dicts or containers. Start reading at {@code PickleReader}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.checkpoint.pytorch.pickle;

import org.apiguardian.api.API;
