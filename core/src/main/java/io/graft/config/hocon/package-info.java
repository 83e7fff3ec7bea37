/**
 * HOCON as text: tokens and the places of what is written, includes, substitutions, overrides, and the syntax errors of the parser
 * told again with line and column. What must not be shown of a configuration is known here, since it is taken out of texts.
 *
 * <p>Knows nothing of cursors or binding, which {@code io.graft.config.reading} builds on it. Start reading at {@link
 * io.graft.config.hocon.SourceTexts} for places and secrets, at {@link io.graft.config.hocon.SyntaxErrors} for errors.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.config.hocon;

import org.apiguardian.api.API;
