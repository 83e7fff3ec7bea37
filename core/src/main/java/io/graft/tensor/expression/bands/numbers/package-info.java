/**
 * Numbers in arrays, and where in a tensor elements lie: ranges, orders, and fields of bits.
 *
 * <p>Knows no expression and no step of a program. Start reading at {@link
 * io.graft.tensor.expression.bands.numbers.Numbers}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.tensor.expression.bands.numbers;

import org.apiguardian.api.API;
