package io.graft;

import io.graft.checkpoint.ModelFiles;
import io.graft.checkpoint.Replacement;
import io.graft.checkpoint.carry.Correction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The files that a run writes.
 *
 * @param folder where they are published
 * @param model names of the files that hold the state dict; none if an adapter alone is written, because the model itself stays as it is
 * @param metadata texts for them
 * @param origin the model's own file, if they say all that it says beside its tensors
 * @param artifacts what is written beside them: what goes along with the model, then what modifiers write
 * @param corrections values of what goes along that are exchanged, because the change made them untrue
 * @param replacement files of an earlier run that give way, as the folder was when it was planned
 */
public record OutputPlan(
        Path folder,
        List<String> model,
        Map<String, String> metadata,
        Optional<Path> origin,
        List<Artifact> artifacts,
        List<Correction> corrections,
        Replacement replacement) {
    public OutputPlan {
        model = List.copyOf(model);
        metadata = Map.copyOf(metadata);
        artifacts = List.copyOf(artifacts);
        corrections = List.copyOf(corrections);
    }

    /** Names of all files: those of the model, those beside them, and the manifest. */
    public List<String> files() {
        List<String> files = new ArrayList<>(model);
        artifacts.forEach(artifact -> files.add(artifact.name()));
        files.add(ModelFiles.MANIFEST);
        return files;
    }

    /** The same, when it is known what gives way. */
    public OutputPlan with(Replacement found) {
        return new OutputPlan(folder, model, metadata, origin, artifacts, corrections, found);
    }
}
