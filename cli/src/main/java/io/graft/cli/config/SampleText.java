package io.graft.cli.config;

import com.typesafe.config.ConfigUtil;
import io.graft.problem.Printable;
import io.graft.registry.PlugRegistry;
import io.graft.registry.RegisteredPlug;
import java.io.IOException;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A whole configuration to start from: the sections with their keys, then the sample of every modifier, marked as comments.
 *
 * @param example a model whose names serve as examples
 */
record SampleText(PlugRegistry registry, Optional<ExampleModel> example) {
    /** The modifier that a model is shown with, where it is found. */
    private static final String SHOWN = "freezing";

    private static final String PLACEHOLDER = "\"<selector>\"";

    /**
     * @throws IOException if the jar of a modifier can no longer be read
     */
    String text() throws IOException {
        StringBuilder text = new StringBuilder("""
                # A configuration of Graft, to start from. A key that is commented out shows its default or, where it has none, its form.
                # `graft config check -c FILE` tells what is wrong with it, `graft plan -c FILE` what it would do.
                graft {
                  model {
                    # the model that is modified: a file, a folder with model.safetensors or with shards, or a URL
                    checkpoint = %s

                    # which of its tensors are buffers, beside those that it tells of (list of selector)
                    #buffers = ["<selector>"]
                  }

                  # what is done to it, in this order; below are all modifiers that are found%s
                  modifiers = %s

                  output {
                    # the folder that files are written to
                    path = "out"

                    # what they are written as: safetensors, pytorch or gguf
                    #format = safetensors

                    # how much data one file holds at most
                    #max-shard-size = 5GB

                    # whether what Graft wrote there before may be replaced
                    #overwrite = false

                    # what the report gives of each file, to check it by: sha256 or none
                    #digest = sha256

                    # whether files are forced to the disk
                    #sync = true
                  }
                }
                """.formatted(
                ConfigUtil.quoteString(example.map(ExampleModel::path).orElse("model.safetensors")),
                example.map(model -> "\n  # modules of the model, with their tensors: " + Printable.of(model.summary()))
                        .orElse(""),
                modifiers()));
        text.append("\n# Take the first mark off each line of a modifier that you want.\n");
        for (RegisteredPlug<?> modifier : registry.modifiers()) {
            Optional<String> sample = modifier.sample();
            if (sample.isPresent()) {
                text.append('\n').append(marked(sample.get()));
            }
        }
        return text.toString();
    }

    private String modifiers() {
        return example.filter(model -> registry.modifier(SHOWN).isPresent())
                .map(model -> "[ { type = " + SHOWN + ", submodules-to-freeze = ["
                        + ConfigUtil.quoteString(model.name()) + "] } ]")
                .orElse("[]");
    }

    private String marked(String sample) {
        return sample.lines()
                .map(line -> "#" + line)
                .map(line -> example.map(model -> line.replace(PLACEHOLDER, ConfigUtil.quoteString(model.name())))
                        .orElse(line))
                .collect(Collectors.joining("\n", "", "\n"));
    }
}
