package io.graft.modifiers.lora.target;

import io.graft.ModifierContext;
import io.graft.SelectorOption;
import io.graft.model.ModelDraft;
import io.graft.model.tree.DottedPath;
import io.graft.model.tree.Selector;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/** Into how many groups the channels of convolutions fall: by the option, or as a native block or the code of a program tells. */
public final class ConvolutionGroups {
    private final ModelDraft model;
    private final Map<String, Integer> told;

    private ConvolutionGroups(ModelDraft model, Map<String, Integer> told) {
        this.model = model;
        this.told = told;
    }

    /**
     * Those of a model.
     *
     * @param groups the option: numbers by selectors of modules; one that selects nothing is told
     * @param strict whether that is an error
     */
    public static ConvolutionGroups of(
            ModelDraft model, Map<String, Integer> groups, boolean strict, ModifierContext context) {
        Map<String, Integer> told = new HashMap<>();
        groups.forEach((selector, number) -> new SelectorOption("groups", Selector.parse(selector), strict)
                .resolve(model, context)
                .ifPresent(match -> match.tensors().forEach(tensor -> told.put(DottedPath.parent(tensor), number))));
        return new ConvolutionGroups(model, told);
    }

    /** Those of a convolution; empty if nobody tells. */
    public OptionalInt of(String module) {
        Integer number = told.get(module);
        return number == null ? model.tree().groups(module) : OptionalInt.of(number);
    }
}
