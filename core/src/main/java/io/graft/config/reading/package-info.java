/**
 * From a file to a record: {@link io.graft.config.reading.ConfigFile} reads a file with what comes from outside into a tree,
 * {@link io.graft.config.reading.ConfigCursor} walks it, {@link io.graft.config.reading.ObjectBinding} makes a record of an
 * object key by key. What goes wrong on the way is a {@link io.graft.problem.Problem} with its place. A {@link
 * io.graft.config.reading.Binder} is generated for each options record; a type with a form of its own has a {@link
 * io.graft.config.reading.Decoder} or {@link io.graft.config.reading.ValueDecoder}.
 *
 * <p>Knows what a decoder and a constraint are, and those of collections and enums; nothing of the other ones, which are in
 * {@link io.graft.config.decoding}. Start reading at {@link io.graft.config.reading.ConfigCursor}.
 */
@API(status = API.Status.STABLE, since = "1.0")
package io.graft.config.reading;

import org.apiguardian.api.API;
