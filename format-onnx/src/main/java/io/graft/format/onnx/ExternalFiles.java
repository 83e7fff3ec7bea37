package io.graft.format.onnx;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.TensorName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The files beside a model that hold tensors, each opened once. None outside the model's folder is looked at. */
final class ExternalFiles {
    private final Path model;
    private final Map<String, CheckpointFile> opened = new HashMap<>();

    ExternalFiles(Path model) {
        this.model = model;
    }

    /**
     * @param location as the model gives it, relative to its folder
     * @throws CheckpointException if it is none of its folder's files
     */
    CheckpointFile at(String location) throws IOException {
        CheckpointFile known = opened.get(location);
        if (known == null) {
            known = CheckpointFile.of(path(location));
            opened.put(location, known);
        }
        return known;
    }

    private Path path(String location) throws IOException {
        String shown = "'" + TensorName.printable(location) + "'";
        Path folder = model.getParent();
        Path path;
        try {
            path = folder.resolve(location).normalize();
        } catch (InvalidPathException noPath) {
            throw outside(shown, "which is no path");
        }
        if (location.isEmpty() || !path.startsWith(folder) || path.equals(folder)) {
            throw outside(shown, "outside its folder");
        }
        if (!Files.isRegularFile(path)) {
            throw new CheckpointException(
                    Reason.NOT_FOUND,
                    model,
                    "its tensors lie in " + shown + ", and no such file is beside it",
                    "download that file as well");
        }
        if (!path.toRealPath().startsWith(folder)) {
            throw outside(shown, "a link that leads outside its folder");
        }
        return path;
    }

    private CheckpointException outside(String shown, String what) {
        return new CheckpointException(
                Reason.REFUSED,
                model,
                "it keeps tensors in " + shown + ", " + what,
                "do not use this file unless you know who wrote it; tensors may lie beside it");
    }
}
