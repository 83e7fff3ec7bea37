package io.graft.modifiers.lora.command;

import com.google.auto.service.AutoService;
import io.graft.command.CommandConsole;
import io.graft.command.CommandProvider;
import picocli.CommandLine;

/** Brings {@code graft lora}. */
@AutoService(CommandProvider.class)
public final class LoraCommands implements CommandProvider {
    @Override
    public String name() {
        return "lora";
    }

    @Override
    public String summary() {
        return "Makes adapters of two checkpoints or of other adapters, lowers their ranks, and writes them for other tools.";
    }

    @Override
    public Object command(CommandConsole console) {
        return new CommandLine(new LoraCommand())
                .addSubcommand(new ExtractCommand(console))
                .addSubcommand(new CombineCommand(console))
                .addSubcommand(new ResizeCommand(console))
                .addSubcommand(new ConvertCommand(console));
    }
}
