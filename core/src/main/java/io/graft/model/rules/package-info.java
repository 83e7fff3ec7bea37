/**
 * Rules that give the tensors of a state dict other names and another structure: renames, splits, concatenations, stacks, axes and
 * elements in another order, one by one or as a table that is known by its name. Each rule can be undone.
 *
 * <p>Knows names, lazy tensors and options; nothing of drafts or files. Start reading at {@link io.graft.model.rules.Rules}.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.model.rules;

import org.apiguardian.api.API;
