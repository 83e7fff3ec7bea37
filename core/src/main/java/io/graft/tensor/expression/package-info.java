/**
 * What a tensor is in terms of others, as a value: {@link io.graft.tensor.expression.Expression expressions} over a closed
 * vocabulary of {@link io.graft.tensor.expression.Operation operations}, and the interface of whatever runs them.
 *
 * <p>Knows tensors without a home; must not know models, files or engines. Start reading at
 * {@link io.graft.tensor.expression.Expression}; to write one, at {@link io.graft.tensor.expression.Expressions}.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.tensor.expression;

import org.apiguardian.api.API;
