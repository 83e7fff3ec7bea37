/**
 * Running a configuration: bind, plan, commit, roll back, report.
 *
 * <p>Knows every floor below; must not know the command line. Start reading at {@link io.graft.apply.ModelModifierApplier}.
 */
@API(status = API.Status.STABLE, since = "1.0")
package io.graft.apply;

import org.apiguardian.api.API;
