/**
 * What authors of options write on a record: defaults and constraints of its keys, what they were called before, checks of the
 * whole, and the few types that they name there. The processor makes a binder of it, and a file is read by that.
 *
 * <p>The way of the data: {@link io.graft.config.reading} reads a file into a tree, walks it and binds records, with the
 * decoders and constraints of {@link io.graft.config.decoding}; {@link io.graft.config.writing} is the way back; the text of
 * the files is the business of {@code io.graft.config.hocon}. A binder says no more than its record does; policy, such as
 * spelling, suggestions and what must not be shown, is in those packages.
 *
 * <p>Knows nothing of models, checkpoints or DJL, nor of the packages inside it, which know it.
 */
@API(status = API.Status.STABLE, since = "1.0")
package io.graft.config;

import org.apiguardian.api.API;
