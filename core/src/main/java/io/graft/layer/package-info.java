/**
 * The layers of a model and how options name them: what kind of layer a module is, by whatever tells, and which modules the names and
 * expressions of PEFT's configurations mean.
 *
 * <p>Knows the draft; must not know what is done to layers. Start reading at {@link io.graft.layer.LayerKinds} and {@link
 * io.graft.layer.ModuleNames}.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.layer;

import org.apiguardian.api.API;
