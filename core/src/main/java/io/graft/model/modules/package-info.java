/**
 * Modules that a model does not have yet: where they come from, and which tensors they bring.
 *
 * <p>Knows no engine; how a module is made by code is a value. Start reading at {@link io.graft.model.modules.ModuleSource}.
 */
@API(status = API.Status.STABLE, since = "1.0")
package io.graft.model.modules;

import org.apiguardian.api.API;
