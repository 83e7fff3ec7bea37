/**
 * Reading a HOCON file into typed values: cursors, decoders, constraints, binding. The text of the files is the business of
 * {@code io.graft.config.hocon}.
 *
 * <p>The way of the data: {@link io.graft.config.ConfigFile} reads a file with what comes from outside into a tree;
 * {@link io.graft.config.ConfigCursor} walks it; {@link io.graft.config.ObjectBinding} makes a record of an object with
 * {@link io.graft.config.Decoders} and {@link io.graft.config.Constraints}; what goes wrong on the way is a
 * {@link io.graft.problem.Problem} with its place, and {@link io.graft.problem.ProblemRenderer} shows it. A
 * {@link io.graft.config.Binder} is generated for each options record and says no more than the record does; policy, such as
 * spelling, suggestions and what must not be shown, is here.
 *
 * <p>Knows nothing of models, checkpoints or DJL.
 */
@API(status = API.Status.STABLE, since = "1.0")
package io.graft.config;

import org.apiguardian.api.API;
