package io.graft.djl.program;

import io.graft.Plan;
import io.graft.ValueWatch;
import io.graft.checkpoint.ModelFiles;
import io.graft.checkpoint.write.OutputStateDict;
import io.graft.checkpoint.write.Part;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.torchscript.ScriptArchive;
import io.graft.torchscript.ScriptFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An archive as a plan, or another edit, makes it, in a temporary file that is there until this is closed.
 *
 * @param path of the file, which is alone in its folder
 */
record EditedFile(Path path) implements AutoCloseable {
    private static final WriteOptions TEMPORARY = new WriteOptions(false, false, Part.WHOLE);

    /**
     * @throws IOException if it cannot be written, or values be read
     */
    static EditedFile write(ScriptArchive archive, Plan plan, ValueWatch watch) throws IOException {
        return write(folder -> {
            new ScriptFormat(archive, plan)
                    .write(folder, new OutputStateDict(watch.outputs(plan.stored())), Long.MAX_VALUE, TEMPORARY);
            watch.settle(plan.stored());
        });
    }

    /** Writes the one file of a folder. */
    @FunctionalInterface
    interface Writing {
        void write(Path folder) throws IOException;
    }

    /**
     * @param writing writes {@code model.pt}
     */
    static EditedFile write(Writing writing) throws IOException {
        Path folder = Files.createTempDirectory("graft-torchscript-");
        EditedFile file = new EditedFile(folder.resolve(ModelFiles.TORCHSCRIPT));
        try {
            writing.write(folder);
            return file;
        } catch (IOException | RuntimeException | Error failure) {
            file.close();
            throw failure;
        }
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(path);
            Files.deleteIfExists(path.getParent());
        } catch (IOException kept) {
            // It lies among the system's temporary files.
        }
    }
}
