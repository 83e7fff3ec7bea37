/**
 * Publishing a set of files in a folder: nothing is replaced that Graft did not write there or that the run reads, and at each moment
 * the folder opens as the model before or as the new one, whatever fails and whoever ends the process.
 *
 * <p>A run writes into a {@link io.graft.checkpoint.publish.StagingFolder} of its own, a hidden folder with a lock. A folder that is
 * not there appears in one move. In one that is, the run takes the {@link io.graft.checkpoint.publish.Claim}, looks again at what may
 * give way ({@link io.graft.checkpoint.publish.Destination}), and does the steps of a {@link
 * io.graft.checkpoint.publish.Publication}, each of which can be undone: by the run itself if one fails, and by the next run into the
 * folder if the process ended. The next run also removes the hidden folders of processes that have ended.
 *
 * <p>What gives way keeps a second name (a hard link; a copy where the file system has none) until all is done.
 *
 * <p>Knows files, the names that a model's folder is opened by, and the list of outputs in a manifest; nothing of tensors, plans or
 * configurations. Start reading at {@link io.graft.checkpoint.publish.StagedOutput}.
 */
@API(status = API.Status.EXPERIMENTAL, since = "1.0")
package io.graft.checkpoint.publish;

import org.apiguardian.api.API;
