/**
 * The reader of archives of {@code torch.export.save}, {@code .pt2}: descriptions of tensors in JSON, and their bytes as they are.
 * Nothing in them needs a pickle, and none is read.
 *
 * <p>Knows the archive and its descriptions; must not know the program that is exported. Start reading at
 * {@link io.graft.checkpoint.pytorch.exported.ExportedProgram}.
 */
@API(status = API.Status.INTERNAL, since = "1.0")
package io.graft.checkpoint.pytorch.exported;

import org.apiguardian.api.API;
