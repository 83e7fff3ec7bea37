/**
 * The engine's arrays as bytes: which dtypes it has, how values get in and out without harm, and what it says when it fails.
 *
 * <p>Knows arrays, and nothing of blocks. Start reading at {@link io.graft.djl.array.WeightWriter}, or at
 * {@link io.graft.djl.array.DataTypes} for what the engine can hold.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.djl.array;

import org.apiguardian.api.API;
