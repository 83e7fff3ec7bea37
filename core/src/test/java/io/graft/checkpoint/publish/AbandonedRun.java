package io.graft.checkpoint.publish;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A JVM that ends in the middle of a run. */
final class AbandonedRun {
    private AbandonedRun() {}

    public static void main(String[] arguments) throws IOException {
        Destination destination = new Destination.ModelFolder(Path.of(arguments[0]), true, InputFiles.NONE);
        StagedOutput staged = StagedOutput.in(destination, List.of(), true);
        Files.writeString(staged.folder().resolve("model.safetensors"), "half");
    }
}
