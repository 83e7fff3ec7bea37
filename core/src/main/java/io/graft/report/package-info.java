/**
 * Plans and reports for readers: as JSON for programs, as text for people.
 *
 * <p>Knows plan and report; must not know how they came about, nor the command line. Start reading at
 * {@link io.graft.report.ReportJson} and {@link io.graft.report.ReportText}.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.report;

import org.apiguardian.api.API;
