/**
 * From a record to a file: the reverse of binding. {@link io.graft.config.writing.ConfigWriter} collects the keys of an object,
 * {@link io.graft.config.writing.Encoders} writes their values.
 *
 * <p>Knows nothing of reading, of constraints or of defaults: it writes what a record holds. Start reading at {@code
 * ConfigWriter}.
 */
@API(status = API.Status.STABLE, since = "1.0")
package io.graft.config.writing;

import org.apiguardian.api.API;
