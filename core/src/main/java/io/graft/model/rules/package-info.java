/**
 * Rules that give the tensors of a state dict other names and another structure: renames, splits, concatenations, stacks, axes and
 * elements in another order, one by one or as a table that is known by its name. Each rule can be undone.
 *
 * <p>Knows names, lazy tensors and options; nothing of files, and of drafts only how they are edited as rules say, {@link
 * io.graft.model.rules.Restructuring}. Start reading at {@link io.graft.model.rules.Rules}.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.model.rules;

import org.apiguardian.api.API;
