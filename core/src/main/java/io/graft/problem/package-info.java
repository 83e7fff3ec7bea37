/**
 * What is wrong, as a value: a {@link io.graft.problem.Problem} has a code, a place, words and a cure; it is collected, sorted and
 * rendered, never printed where it is found. Beside it what its words need: quoting of foreign text, suggestions, spelling.
 *
 * <p>The ground floor: knows nothing else of Graft. Start reading at {@link io.graft.problem.Problem}.
 */
@API(status = API.Status.STABLE, since = "1.0")
package io.graft.problem;

import org.apiguardian.api.API;
