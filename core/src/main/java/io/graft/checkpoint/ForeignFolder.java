package io.graft.checkpoint;

import io.graft.checkpoint.CheckpointException.Reason;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a folder is that no checkpoint was found in, by the names in it, and the way out. */
enum ForeignFolder {
    DISTRIBUTED(
            ".*\\.distcp",
            "a distributed checkpoint of PyTorch without its .metadata",
            "get that file as well; it says where each tensor lies"),
    DEEPSPEED(
            "zero_to_fp32\\.py|mp_rank_\\d+_model_states\\.pt",
            "a checkpoint of DeepSpeed, in parts",
            "make one file of it: python zero_to_fp32.py FOLDER model.safetensors --safe_serialization"),
    SAVED_MODEL(
            "saved_model\\.pb",
            "a SavedModel of TensorFlow",
            "save its variables with safetensors.tensorflow.save_file in Python"),
    TENSORFLOW(
            ".*\\.data-\\d+-of-\\d+",
            "a checkpoint of TensorFlow",
            "read it with tf.train.load_checkpoint in Python and save it with safetensors.numpy.save_file"),
    ORBAX(
            "_CHECKPOINT_METADATA|_METADATA",
            "a checkpoint of Orbax, as JAX and Flax write it",
            "restore it in Python and save it with safetensors.flax.save_file");

    private final Pattern mark;
    private final String description;
    private final String help;

    ForeignFolder(String mark, String description, String help) {
        this.mark = Pattern.compile(mark);
        this.description = description;
        this.help = help;
    }

    /** The refusal of a folder that holds these names; nothing if it is none of these kinds. */
    static Optional<CheckpointException> refusal(Path folder, List<String> names) {
        for (ForeignFolder kind : values()) {
            if (names.stream().anyMatch(name -> kind.mark.matcher(name).matches())) {
                return Optional.of(new CheckpointException(
                        Reason.UNSUPPORTED, folder, "the folder is " + kind.description, kind.help));
            }
        }
        return Optional.empty();
    }
}
