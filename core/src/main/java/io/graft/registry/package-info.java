/**
 * Finding plugs, which are modifiers, model targets, output formats, sections and migrations: providers, what is wrong with those
 * that cannot be used, descriptors.
 *
 * <p>Jars, class loaders and the walk over providers are those of {@link io.graft.extension}. Listing them loads no class
 * that they stand for and no engine. Start reading at {@link io.graft.registry.PlugRegistry}.
 */
@API(status = API.Status.STABLE, since = "1.0")
package io.graft.registry;

import org.apiguardian.api.API;
