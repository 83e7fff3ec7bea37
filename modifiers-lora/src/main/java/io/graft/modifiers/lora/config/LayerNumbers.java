package io.graft.modifiers.lora.config;

import io.graft.modifiers.lora.config.ModuleNames.Entry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * {@code layers_to_transform} and {@code layers_pattern}: which layers of a stack are adapted, by their numbers in the names of
 * modules.
 *
 * @param numbers the layers
 * @param stacks expressions that find a layer's number, the first that fits counts
 */
public record LayerNumbers(List<Long> numbers, List<ModulePattern> stacks) {
    public static final String KEY = "layers_to_transform";
    static final String PATTERN = "layers_pattern";

    /** Empty if all layers are adapted. */
    static Optional<LayerNumbers> of(ConfigFields fields) {
        List<ModulePattern> stacks = new ArrayList<>();
        if (fields.isOn(PATTERN)) {
            List<String> names = fields.get(PATTERN) instanceof String name ? List.of(name) : fields.texts(PATTERN);
            names.forEach(name -> stacks.add(
                    ModulePattern.around("(?:.*?\\.)?(?:", name, ")\\.(\\d{1,9})\\..*", PATTERN, fields.file())));
        } else {
            // As PEFT has it: something stands before the stack, and the first number counts.
            stacks.add(ModulePattern.around(".*?\\.", "[^.]*", "\\.(\\d{1,9})\\..*", KEY, fields.file()));
        }
        if (!fields.isOn(KEY)) {
            if (fields.isOn(PATTERN)) {
                throw fields.wrong(PATTERN, "null where there is no `" + KEY + "`");
            }
            return Optional.empty();
        }
        return Optional.of(new LayerNumbers(numbers(fields), stacks));
    }

    private static List<Long> numbers(ConfigFields fields) {
        if (fields.get(KEY) instanceof Long number) {
            return List.of(number);
        }
        if (fields.get(KEY) instanceof List<?> list && list.stream().allMatch(Long.class::isInstance)) {
            return list.stream().map(Long.class::cast).toList();
        }
        throw fields.wrong(KEY, "a number or a list of numbers");
    }

    /** Whether the module is of one of the layers, or named by itself. */
    public boolean contain(String module, ModuleNames targets) {
        OptionalLong layer = layer(module);
        return targets.entries().stream().map(Entry::text).anyMatch(module::equals)
                || (layer.isPresent() && numbers.contains(layer.getAsLong()));
    }

    /** The layers that none of the modules is of. */
    public List<Long> unmatched(Collection<String> modules) {
        return numbers.stream()
                .filter(number -> modules.stream()
                        .map(this::layer)
                        .noneMatch(layer -> layer.isPresent() && layer.getAsLong() == number))
                .toList();
    }

    private OptionalLong layer(String module) {
        return stacks.stream()
                .flatMap(stack -> stack.lastGroup(module).stream())
                .mapToLong(Long::parseLong)
                .findFirst();
    }
}
