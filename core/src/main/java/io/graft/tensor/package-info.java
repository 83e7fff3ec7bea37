/**
 * Tensors without a home: element types and their conversion, shapes, bytes that are read or computed when they are asked for, and
 * {@link io.graft.tensor.LazyTensor lazy tensors} with the {@link io.graft.tensor.Provenance} of their values.
 *
 * <p>The ground floor: knows no file, no model and no engine. Start reading at {@link io.graft.tensor.LazyTensor}.
 */
@API(status = API.Status.STABLE, since = "1.0")
package io.graft.tensor;

import org.apiguardian.api.API;
