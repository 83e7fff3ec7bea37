/**
 * The tree of modules that dotted names span, and selectors, which pick modules and tensors of it.
 *
 * <p>Knows names, and nothing of what they name. Start reading at {@link io.graft.model.tree.ModuleTree}.
 */
@API(status = API.Status.STABLE, since = "1.0")
package io.graft.model.tree;

import org.apiguardian.api.API;
