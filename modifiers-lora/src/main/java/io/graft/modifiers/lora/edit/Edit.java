package io.graft.modifiers.lora.edit;

import io.graft.model.ModelDraft;
import java.util.function.Consumer;

/**
 * One thing that a merge does to a tensor of the draft: planned while everything is checked, done if nothing was wrong.
 *
 * @param name the tensor
 * @param ofGroup whether it is meant for all names of a tensor that has several, and not for the one
 */
public record Edit(String name, boolean ofGroup, Consumer<ModelDraft> action) {
    /** Of the one name: PEFT adapts modules, and not what they share. */
    public static Edit of(String name, Consumer<ModelDraft> action) {
        return new Edit(name, false, action);
    }
}
