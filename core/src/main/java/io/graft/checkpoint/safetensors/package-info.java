/**
 * The safetensors format: reader of single files and of shards with an index, streaming writer.
 *
 * <p>Knows the format's bytes and the JSON beside them; nothing of drafts, configuration or other formats. The reader is
 * stricter than the reference implementation where a file could mean two things. Start reading at
 * {@link io.graft.checkpoint.safetensors.SafetensorsFormat} and
 * {@link io.graft.checkpoint.safetensors.SafetensorsWriter}.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.checkpoint.safetensors;

import org.apiguardian.api.API;
