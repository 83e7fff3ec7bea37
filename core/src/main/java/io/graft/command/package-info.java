/**
 * Commands that jars bring to the command line.
 *
 * <p>Knows neither how arguments are parsed nor any command. Start reading at {@link io.graft.command.CommandProvider}.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.command;

import org.apiguardian.api.API;
