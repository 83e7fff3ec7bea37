/**
 * The files of a run: which there are, the formats that they are written in, and how they are written and published, in one run or in
 * parts.
 *
 * <p>Knows plans, targets and the output section; must not know how a configuration is read. Start reading at {@link
 * io.graft.apply.output.OutputPlanner}, then {@link io.graft.apply.output.Execution}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.apply.output;

import org.apiguardian.api.API;
