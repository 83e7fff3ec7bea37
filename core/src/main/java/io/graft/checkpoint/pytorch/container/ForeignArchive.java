package io.graft.checkpoint.pytorch.container;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.bytes.Refusals;
import java.util.Arrays;
import java.util.Set;

/** What a zip archive is that {@code torch.save} did not write, by the names in it, and the way out. */
enum ForeignArchive {
    KERAS(
            "model.weights.h5",
            "a Keras model",
            "save its weights with safetensors.numpy.save_file in Python, by the names that they shall have"),
    TORCH_SERVE(
            "MAR-INF/MANIFEST.json",
            "a model archive of TorchServe",
            "unpack it and give the file that MAR-INF/MANIFEST.json calls serializedFile"),
    STABLE_BASELINES("_stable_baselines3_version", "a model of Stable-Baselines3", "unpack it and give policy.pth"),
    EXPORTED_EARLY(
            "serialized_exported_program.json",
            "a program exported by PyTorch before 2.8",
            "load it with torch.export.load and save it with torch.export.save of a current PyTorch"),
    NUMPY(".npy", "an archive of NumPy arrays among other files", "unpack it and save its arrays with numpy.savez"),
    OTHER(
            "",
            "a zip archive without data.pkl, so not written by torch.save",
            "give a file made by torch.save or safetensors");

    private final String mark;
    private final String description;
    private final String help;

    ForeignArchive(String mark, String description, String help) {
        this.mark = mark;
        this.description = description;
        this.help = help;
    }

    /** The refusal of an archive with members of these names. */
    static CheckpointException refusal(Set<String> names, Refusals refusals) {
        ForeignArchive kind = Arrays.stream(values())
                .filter(each -> names.stream().anyMatch(name -> name.endsWith(each.mark)))
                .findFirst()
                .orElse(OTHER);
        return refusals.unsupported("this is " + kind.description, kind.help);
    }
}
