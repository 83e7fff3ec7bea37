/**
 * Expressions on the engine's arrays, with gradients.
 *
 * <p>Knows arrays and expressions; must not know blocks. Start reading at {@link io.graft.djl.expression.ArrayEvaluator}; what the
 * engine cannot run is told by {@link io.graft.djl.expression.EngineLimits}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.djl.expression;

import org.apiguardian.api.API;
