package io.graft.apply;

import io.graft.checkpoint.write.StagedOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A JVM that ends in the middle of a run. */
final class AbandonedRun {
    private AbandonedRun() {}

    public static void main(String[] arguments) throws IOException {
        StagedOutput staged = new OutputFolder(Path.of(arguments[0]), true).stage();
        Files.writeString(staged.folder().resolve("model.safetensors"), "half");
    }
}
