/**
 * Finding modifiers: providers, what is wrong with those that cannot be used, descriptors.
 *
 * <p>Jars, class loaders and the walk over providers are those of {@link io.graft.extension}. Listing modifiers loads no modifier
 * class and no engine. Start reading at {@link io.graft.registry.ModifierRegistry}.
 */
@API(status = API.Status.STABLE, since = "1.0")
package io.graft.registry;

import org.apiguardian.api.API;
