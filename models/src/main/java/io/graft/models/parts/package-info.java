/**
 * What several models are made of: attention, lookups, dense layers, and what is handed from one to the next. Shapes are [batch, positions,
 * width].
 *
 * <p>Classes of blocks are not final, here and in every model: a block that is frozen stands still as one of a class below its own.
 *
 * <p>Knows DJL's layers; must not know a model. Start reading at {@link io.graft.models.parts.Heads}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.models.parts;

import org.apiguardian.api.API;
