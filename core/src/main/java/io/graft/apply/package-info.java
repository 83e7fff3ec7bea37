/**
 * Running a configuration: bind, plan, commit, roll back, report.
 *
 * <p>Must not know the command line. Start reading at {@link io.graft.apply.ModelModifierApplier}.
 */
package io.graft.apply;
