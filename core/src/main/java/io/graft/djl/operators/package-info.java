/**
 * Operators of PyTorch that DJL's arrays lack: products with integer weights, and attention in one piece.
 *
 * <p>Their source is {@code operators.py} beside this package; the archive that the engine loads is made of it in memory. Knows arrays,
 * and nothing of blocks. Start reading at {@link io.graft.djl.operators.Operators}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.djl.operators;

import org.apiguardian.api.API;
