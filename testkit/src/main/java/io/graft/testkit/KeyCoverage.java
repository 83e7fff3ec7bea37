package io.graft.testkit;

import io.graft.config.reading.Bound;
import io.graft.registry.PlugDescriptor.OptionDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Whether options give every key that a modifier has, each with another value than its default. */
final class KeyCoverage {
    private final List<OptionDescriptor> described;
    private final Function<OptionsText, Bound<?>> binding;

    KeyCoverage(List<OptionDescriptor> described, Function<OptionsText, Bound<?>> binding) {
        this.described = described;
        this.binding = binding;
    }

    /** The keys that the options leave out. */
    List<String> missing(OptionsText options) {
        return described.stream()
                .map(OptionDescriptor::key)
                .filter(key -> !options.has(key))
                .toList();
    }

    /** The former names of keys that the options do not use. */
    List<String> missingFormerKeys(OptionsText options) {
        return described.stream()
                .flatMap(option -> option.formerKeys().stream().map(former -> beside(option.key(), former)))
                .filter(key -> !options.has(key))
                .toList();
    }

    private static String beside(String dottedKey, String name) {
        return dottedKey.substring(0, dottedKey.lastIndexOf('.') + 1) + name;
    }

    /** The keys without which the options mean the same. */
    List<String> idle(OptionsText options) {
        Object full = value(binding.apply(options));
        List<String> idle = new ArrayList<>();
        for (OptionDescriptor option : described) {
            if (!option.required()
                    && binding.apply(options.without(option.key())) instanceof Bound.Ok<?> ok
                    && ok.value().equals(full)) {
                idle.add(option.key());
            }
        }
        return idle;
    }

    /** The keys that are given and need not be. */
    List<String> optional(OptionsText options) {
        return described.stream()
                .filter(option -> !option.required() && options.keys().contains(option.key()))
                .map(OptionDescriptor::key)
                .toList();
    }

    private static Object value(Bound<?> bound) {
        if (bound instanceof Bound.Ok<?> ok) {
            return ok.value();
        }
        throw new IllegalArgumentException("options that do not bind cover nothing");
    }
}
