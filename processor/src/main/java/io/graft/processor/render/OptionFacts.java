package io.graft.processor.render;

import io.graft.processor.model.ChoiceModel;
import io.graft.processor.model.KeyLife;
import io.graft.processor.model.KeyModel;
import io.graft.processor.model.KeyNames;
import io.graft.processor.model.KeyRelation;
import io.graft.processor.model.Literal;
import io.graft.processor.model.OptionsModel;
import io.graft.processor.model.PlugModel;
import io.graft.processor.model.TypeRef;
import io.graft.processor.model.TypeShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What people are told of one key.
 *
 * @param path the keys from the plug's own down to it, with dots: {@code rename.from}
 * @param type in words
 * @param defaultValue as a file writes it
 * @param constraints in words; those of a record that is one of several start with when it is that one
 * @param life other names of the key, and whether its value is shown
 */
record OptionFacts(
        String path,
        String type,
        Optional<String> defaultValue,
        boolean required,
        List<String> constraints,
        String documentation,
        KeyLife life) {
    /** Every key of a plug in the order of the components, those of a nested record after the key that holds it. */
    static List<OptionFacts> all(PlugModel plug) {
        return plug.options().stream()
                .flatMap(options -> all(plug, options, new Place("", List.of(), Set.of(options.type()))))
                .toList();
    }

    /** One key of a plug's own record. */
    static OptionFacts of(PlugModel plug, KeyModel key) {
        List<KeyRelation> relations =
                plug.options().map(OptionsModel::relations).orElse(List.of());
        return of(key, relations, new Place("", List.of(), Set.of()));
    }

    /** What else is to be known of the key: its other names, and whether its value is shown. */
    List<String> remarks() {
        List<String> remarks = new ArrayList<>();
        life.aliases().forEach(alias -> remarks.add("also " + alias.text()));
        life.former().forEach(former -> remarks.add("formerly " + former.name().text()));
        life.secret().ifPresent(at -> remarks.add("never shown"));
        return remarks;
    }

    /** The keys of the records nested in one key, their paths starting below it. */
    static List<OptionFacts> below(PlugModel plug, KeyModel key) {
        return nested(plug, key, new Place("", List.of(), Set.of())).toList();
    }

    /** Where keys are: the path above them, the choices that lead there, and the records that hold them. */
    private record Place(String prefix, List<String> conditions, Set<TypeRef> around) {
        Place below(String key) {
            return new Place(prefix + key + ".", conditions, around);
        }

        Place in(TypeRef type) {
            Set<TypeRef> inner =
                    Stream.concat(around.stream(), Stream.of(type)).collect(Collectors.toUnmodifiableSet());
            return new Place(prefix, conditions, inner);
        }

        Place when(String condition) {
            return new Place(
                    prefix,
                    Stream.concat(conditions.stream(), Stream.of(condition)).toList(),
                    around);
        }
    }

    private static Stream<OptionFacts> all(PlugModel plug, OptionsModel options, Place place) {
        return options.keys().stream()
                .flatMap(key -> Stream.concat(
                        Stream.of(of(key, options.relations(), place)), nested(plug, key, place.below(key.key()))));
    }

    private static Stream<OptionFacts> nested(PlugModel plug, KeyModel key, Place place) {
        return key.shape()
                .flatten()
                .flatMap(shape -> shape.bound()
                        // A record that may hold itself is described once.
                        .filter(type -> !place.around().contains(type))
                        .map(type -> shape instanceof TypeShape.ChoiceOf
                                ? choice(plug, plug.choice(type), place.in(type))
                                : all(plug, plug.record(type), place.in(type)))
                        .orElse(Stream.empty()));
    }

    private static Stream<OptionFacts> choice(PlugModel plug, ChoiceModel choice, Place place) {
        Stream<OptionFacts> kinds = choice.records().stream().flatMap(kind -> {
            String condition =
                    "if %s = %s".formatted(choice.discriminator(), kind.tag().text());
            return all(plug, plug.record(kind.type()), place.when(condition).in(kind.type()));
        });
        return Stream.concat(Stream.of(discriminator(choice, place)), kinds);
    }

    private static OptionFacts discriminator(ChoiceModel choice, Place place) {
        String tags = choice.records().stream().map(kind -> kind.tag().text()).collect(Collectors.joining(", "));
        return new OptionFacts(
                place.prefix() + choice.discriminator(),
                "one of " + tags,
                Optional.empty(),
                true,
                place.conditions(),
                "which %s".formatted(KeyNames.of(choice.type().simpleName()).replace('-', ' ')),
                KeyLife.PLAIN);
    }

    private static OptionFacts of(KeyModel key, List<KeyRelation> relations, Place place) {
        return new OptionFacts(
                place.prefix() + key.key(),
                Wording.type(key.shape()),
                key.defaultValue().map(Literal::text),
                key.absence() == KeyModel.Absence.REQUIRED,
                Stream.concat(place.conditions().stream(), Wording.constraints(key, relations).stream())
                        .toList(),
                key.documentation(),
                key.life());
    }
}
