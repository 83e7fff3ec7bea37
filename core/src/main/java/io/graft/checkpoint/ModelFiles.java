package io.graft.checkpoint;

import java.util.regex.Pattern;

/** Names of the files that make up a model in a folder. */
public final class ModelFiles {
    /** The only file of a state dict in safetensors, named as transformers does. */
    static final String SAFETENSORS = "model.safetensors";

    /** The only file of a PyTorch state dict, named as transformers does. */
    public static final String PYTORCH = "pytorch_model.bin";

    private static final Pattern OWN =
            Pattern.compile("(model(-\\d{5}-of-\\d{5})?\\.safetensors|pytorch_model(-\\d{5}-of-\\d{5})?\\.bin)"
                    + "|(model\\.safetensors|pytorch_model\\.bin)\\.index\\.json"
                    + "|graft-manifest\\.json|graft-part-\\d{5}-of-\\d{5}\\.json");

    private ModelFiles() {}

    /**
     * Whether a file goes when another model is written into its folder: files of the old one would mix with the new one, and
     * its manifest would tell of another model.
     */
    public static boolean isReplaced(String name) {
        return OWN.matcher(name).matches();
    }
}
