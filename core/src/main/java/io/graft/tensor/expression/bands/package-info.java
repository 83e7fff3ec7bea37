/**
 * Runs expressions on lazy tensors, a band of elements at a time: {@link io.graft.tensor.expression.bands.ExpressionTensors} makes a
 * tensor of an expression, whose elements are computed where and when they are read.
 *
 * <p>A compiler makes a step of each node, which computes any range of its elements; a pass of one thread asks each step for the
 * ranges that the next elements of the result need. What bands cannot give, a norm of columns for one, is there as a whole before.
 *
 * <p>Knows expressions and tensors without a home. Start reading at {@code BandCompiler} for what becomes of a node, at
 * {@code Pass} for how it is run.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.tensor.expression.bands;

import org.apiguardian.api.API;
