package io.graft.modifiers.lora.config;

import io.graft.layer.ModuleNames;
import io.graft.layer.ModuleNames.Entry;
import io.graft.layer.ModulePattern;
import io.graft.lora.dialect.AdapterSettings;
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
    static Optional<LayerNumbers> of(AdapterSettings settings) {
        List<ModulePattern> stacks = new ArrayList<>();
        if (settings.isOn(PATTERN)) {
            List<String> names = settings.get(PATTERN) instanceof String name ? List.of(name) : settings.texts(PATTERN);
            names.forEach(name -> stacks.add(
                    ModulePattern.around("(?:.*?\\.)?(?:", name, ")\\.(\\d{1,9})\\..*", PATTERN, settings.location())));
        } else {
            // The first number counts. In PEFT something has to stand before the stack.
            stacks.add(ModulePattern.around(".*?\\.", "[^.]*", "\\.(\\d{1,9})\\..*", KEY, settings.location()));
            stacks.add(ModulePattern.around("", "[^.]*", "\\.(\\d{1,9})\\..*", KEY, settings.location()));
        }
        if (!settings.isOn(KEY)) {
            if (settings.isOn(PATTERN)) {
                throw settings.wrong(PATTERN, "null where there is no `" + KEY + "`");
            }
            return Optional.empty();
        }
        return Optional.of(new LayerNumbers(numbers(settings), stacks));
    }

    private static List<Long> numbers(AdapterSettings settings) {
        if (settings.get(KEY) instanceof Long number) {
            return List.of(number);
        }
        if (settings.get(KEY) instanceof List<?> list && list.stream().allMatch(Long.class::isInstance)) {
            return list.stream().map(Long.class::cast).toList();
        }
        throw settings.wrong(KEY, "a number or a list of numbers");
    }

    /** Whether the module is of one of the layers. */
    public boolean contain(String module) {
        OptionalLong layer = layer(module);
        return layer.isPresent() && numbers.contains(layer.getAsLong());
    }

    /** Whether the module is of one of the layers, or named by itself, as PEFT has it. */
    public boolean contain(String module, ModuleNames targets) {
        return targets.entries().stream().map(Entry::text).anyMatch(module::equals) || contain(module);
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
