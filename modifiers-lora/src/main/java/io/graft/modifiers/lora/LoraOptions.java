package io.graft.modifiers.lora;

import io.graft.checkpoint.source.CheckpointRef;
import io.graft.config.Check;
import io.graft.config.CheckSink;
import io.graft.config.Default;
import io.graft.config.Exclusive;
import io.graft.config.Flatten;
import io.graft.config.Includes;
import io.graft.config.Requires;
import io.graft.modifiers.lora.options.AdapterFileOptions;
import io.graft.modifiers.lora.options.LayerOptions;
import io.graft.modifiers.lora.options.PeftOptions;
import io.graft.modifiers.lora.options.StandingOptions;
import io.graft.modifiers.lora.options.StartOptions;
import io.graft.modifiers.lora.options.TargetOptions;
import io.graft.modifiers.lora.options.TrainedOptions;
import io.graft.modifiers.lora.options.UpdateOptions;
import io.graft.modifiers.lora.options.VariantOptions;
import java.util.Optional;

/**
 * Options of the lora modifier. The keys of PEFT's configuration are here under their own names, so that an {@code
 * adapter_config.json} can be included as it is: flat, whichever group they belong to here.
 *
 * @param adapterPath an adapter that was trained before: a folder or a file as lora-merge takes it. Rank, targets and all that is of the
 *     adapter itself come from its files, so that those options must not be given
 * @param targets what it goes to
 * @param update what an update is
 * @param trained what is trained beside the updates
 * @param start how factors start
 * @param modelLayers what the layers of the model are, where it does not tell
 * @param standing how it stands on the model
 * @param strict whether a name or pattern that fits nothing, or a saved module that the model lacks, is an error; if not, it is a
 *     warning
 * @param file how the file of a trained adapter is read
 * @param peft what else PEFT's configuration has
 * @param variants what PEFT's configuration has for variants that are not there
 */
@Includes("adapter_config.json")
@Exclusive(
        key = "adapter-path",
        with = {
            "target-modules",
            "target-parameters",
            "exclude-modules",
            "rank",
            "alpha",
            "use-rslora",
            "rank-pattern",
            "alpha-pattern",
            "layers-to-transform",
            "layers-pattern",
            "use-dora",
            "bias",
            "lora-bias",
            "modules-to-save",
            "trainable-token-indices",
            "init",
            "layers",
            "groups"
        })
@Requires(key = "rename", with = "adapter-path")
@Requires(key = "prefix", with = "adapter-path")
@Requires(key = "dialect", with = "adapter-path")
public record LoraOptions(
        Optional<CheckpointRef> adapterPath,
        @Flatten TargetOptions targets,
        @Flatten UpdateOptions update,
        @Flatten TrainedOptions trained,
        @Flatten StartOptions start,
        @Flatten LayerOptions modelLayers,
        @Flatten StandingOptions standing,
        @Default("true") boolean strict,
        @Flatten AdapterFileOptions file,
        @Flatten PeftOptions peft,
        @Flatten VariantOptions variants) {
    @Check
    static void fitTogether(LoraOptions options, CheckSink sink) {
        new OptionChecks(options, sink).run();
    }
}
