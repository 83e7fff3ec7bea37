package io.graft.apply;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.config.hocon.Literals;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.OptionsBinder;
import io.graft.config.writing.ConfigWriter;
import io.graft.problem.ProblemCode;
import io.graft.registry.BoundModifier;
import io.graft.registry.PlugDescriptor.OptionDescriptor;
import io.graft.registry.PlugRegistry;
import io.graft.registry.RegisteredPlug;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Modifiers that a program has made, as entries of a configuration's list: their options are held to the same rules, and told in
 * the same words, as those of a file.
 */
record MadeModifiers(PlugRegistry registry, List<ModelModifier> modifiers) implements EntryBinder {
    /** A configuration with one entry for each modifier. */
    Config listedIn(Config rest) {
        return ConfigFactory.parseMap(Map.of(
                        "graft.modifiers", modifiers.stream().map(this::entry).toList()))
                .withFallback(rest);
    }

    @Override
    public Bound<BoundModifier> bind(int position, ConfigCursor entry) {
        ModelModifier made = modifiers.get(position);
        String name = made.getClass().getName();
        if (!made.getClass().isAnnotationPresent(Modifier.class)) {
            return new Bound.Failed<>(entry.error(
                    ProblemCode.MISSING_MODIFIER_TYPE,
                    "`" + name + "` has no @Modifier, whose id plans and reports call it by",
                    "write it as a class with @Modifier, and compile it with graft-processor"));
        }
        Optional<RegisteredPlug<ModelModifier>> silent = registry.modifier(name).filter(found -> isSilent(made, found));
        return silent.isPresent()
                ? withoutOptions(position, made, silent.get(), entry)
                : registry.bind(position, entry).map(bound -> bound.with(made));
    }

    private Map<String, Object> entry(ModelModifier made) {
        String name = made.getClass().getName();
        Map<String, OptionDescriptor> options = registry.modifier(name).stream()
                .flatMap(found -> found.descriptor().options().stream())
                .collect(Collectors.toMap(OptionDescriptor::key, option -> option));
        Map<String, Object> entry = new LinkedHashMap<>();
        made.options()
                .flatMap(MadeModifiers::written)
                .ifPresent(writer -> writer.toObject().forEach((key, value) -> {
                    if (!options.containsKey(key) || !isUnsaid(options.get(key), value)) {
                        entry.put(key, value);
                    }
                }));
        entry.put("type", name);
        return entry;
    }

    /** A record holds a value of each option, also where a file would say nothing. */
    private static boolean isUnsaid(OptionDescriptor option, ConfigValue value) {
        if (option.required()) {
            return false;
        }
        boolean empty = (value instanceof ConfigList list && list.isEmpty())
                || (value instanceof ConfigObject object && object.isEmpty());
        return option.defaultValue().isEmpty()
                ? empty
                : Literals.parse(option.defaultValue()).equals(value);
    }

    private static Optional<ConfigWriter> written(Record options) {
        return OptionsBinder.beside(options.getClass()).map(binder -> written(binder, options));
    }

    private static <T> ConfigWriter written(OptionsBinder<T> binder, Object options) {
        @SuppressWarnings("unchecked")
        T own = (T) options;
        return ConfigWriter.of(binder, own);
    }

    /** Whether it has options and does not tell them. */
    private static boolean isSilent(ModelModifier made, RegisteredPlug<ModelModifier> found) {
        return !found.descriptor().options().isEmpty()
                && made.options().flatMap(MadeModifiers::written).isEmpty();
    }

    private static Bound<BoundModifier> withoutOptions(
            int position, ModelModifier made, RegisteredPlug<ModelModifier> found, ConfigCursor entry) {
        return new Bound.Ok<>(
                new BoundModifier(position, found.id(), found.origin(), made, Map.of(), entry),
                List.of(entry.warning(
                        ProblemCode.DESCRIPTOR_MISMATCH,
                        "modifier `" + found.id()
                                + "` does not tell its options, so they are neither checked nor reported",
                        "let " + made.getClass().getName() + " give them in options()")));
    }
}
