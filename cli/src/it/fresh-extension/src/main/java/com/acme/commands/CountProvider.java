package com.acme.commands;

import io.graft.command.CommandConsole;
import io.graft.command.CommandProvider;

/** Brings {@code graft count}. */
public final class CountProvider implements CommandProvider {
    @Override
    public String name() {
        return "count";
    }

    @Override
    public String summary() {
        return "Counts the tensors of a checkpoint.";
    }

    @Override
    public Object command(CommandConsole console) {
        return new CountCommand(console);
    }
}
