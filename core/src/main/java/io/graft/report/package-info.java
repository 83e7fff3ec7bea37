/**
 * Plans and reports for readers: as JSON for programs, as text for people.
 *
 * <p>Knows plan and report; must not know how they came about, nor the command line. Start reading at
 * {@link io.graft.report.ReportJson}.
 */
@API(status = API.Status.STABLE, since = "1.0")
package io.graft.report;

import org.apiguardian.api.API;
