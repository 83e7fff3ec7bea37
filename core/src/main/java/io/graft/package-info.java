/**
 * What a modifier is and what a run is: {@link io.graft.ModelModifier}, {@link io.graft.Modifier}, the context, the plan and the
 * report.
 *
 * <p>Knows the draft and problems; must not know how a model target commits a plan. Start reading at
 * {@link io.graft.ModelModifier}.
 */
@API(status = API.Status.STABLE, since = "1.0")
package io.graft;

import org.apiguardian.api.API;
