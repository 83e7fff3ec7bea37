/**
 * The types that options have: {@link io.graft.config.decoding.Decoders} of numbers, texts, paths, durations and the like, and
 * the {@link io.graft.config.decoding.Constraints} behind the annotations.
 *
 * <p>Knows single values; nothing of files, or of how an object is bound. Start reading at {@code Decoders}.
 */
@API(status = API.Status.STABLE, since = "1.0")
package io.graft.config.decoding;

import org.apiguardian.api.API;
