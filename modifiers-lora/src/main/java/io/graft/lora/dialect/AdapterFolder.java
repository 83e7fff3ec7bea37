package io.graft.lora.dialect;

import io.graft.Artifact;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.publish.Destination;
import io.graft.checkpoint.publish.InputFiles;
import io.graft.checkpoint.publish.StagedOutput;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The files of an adapter in a folder of their own: all of them, or nothing. */
public final class AdapterFolder {
    private AdapterFolder() {}

    /**
     * Writes files.
     *
     * @param artifacts as {@link AdapterDialects#write} gives them
     * @param folder which must not exist
     * @param inputs what they are made of, none of which is replaced
     * @return the files
     * @throws IOException if files cannot be written, or the folder exists; nothing is written then
     */
    public static List<WrittenFile> write(List<Artifact> artifacts, Path folder, InputFiles inputs) throws IOException {
        List<WrittenFile> written = new ArrayList<>();
        try (StagedOutput staged = StagedOutput.in(
                new Destination.ModelFolder(folder.toAbsolutePath().normalize(), false, inputs),
                artifacts.stream().map(Artifact::name).toList(),
                true)) {
            try {
                for (Artifact artifact : artifacts) {
                    WrittenFile file = artifact.write(staged.folder(), WriteOptions.DEFAULT);
                    written.add(file.at(staged.published(file.path())));
                }
            } catch (CheckpointException refused) {
                throw staged.published(refused);
            }
            staged.publish();
        }
        return written;
    }
}
