package io.graft.processor.check;

import io.graft.processor.model.FormerKeyModel;
import io.graft.processor.model.KeyModel;
import io.graft.processor.model.Literal;
import io.graft.processor.model.OptionsModel;
import io.graft.processor.model.RemovedKeyModel;
import io.graft.processor.model.ScalarKind;
import io.graft.processor.model.TypeShape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The names of keys: given, former and removed; and which values are secret. */
final class KeyLifeRules {
    static final List<Rule<OptionsModel>> ALL = List.of(
            KeyLifeRules::syntax,
            KeyLifeRules::aliases,
            KeyLifeRules::removedStillPresent,
            options -> Report.all(options.ownKeys().map(KeyLifeRules::secret)));

    private static final Pattern KEBAB = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");

    private KeyLifeRules() {}

    private static Report syntax(OptionsModel options) {
        Stream<Literal> ofKeys = options.ownKeys()
                .flatMap(key -> Stream.of(
                                key.life().name().stream(),
                                key.life().aliases().stream().filter(alias -> !isSelf(key, alias)),
                                key.life().former().stream().map(FormerKeyModel::name))
                        .flatMap(names -> names));
        Stream<Literal> removed = options.ownRemovedKeys().stream().map(RemovedKeyModel::key);
        return Report.all(Stream.concat(ofKeys, removed)
                .filter(name -> !KEBAB.matcher(name.text()).matches())
                .map(name -> Report.of(
                        MistakeCode.KEY_SYNTAX,
                        name.at(),
                        "key `%s` must be kebab-case; dots would create a nested object.".formatted(name.text()))));
    }

    private static Report aliases(OptionsModel options) {
        Map<String, String> owners = new HashMap<>();
        options.ownKeys()
                .forEach(key -> owners.putIfAbsent(key.key(), "the key of component `" + key.component() + "`"));
        return Report.all(options.ownKeys()
                .flatMap(key -> Stream.concat(
                                key.life().aliases().stream(),
                                key.life().former().stream().map(FormerKeyModel::name))
                        .map(name -> isSelf(key, name) ? self(key, name) : collision(key, name, owners))));
    }

    private static boolean isSelf(KeyModel key, Literal alias) {
        return alias.text().replace('_', '-').equals(key.key());
    }

    private static Report self(KeyModel key, Literal alias) {
        return Report.of(
                MistakeCode.ALIAS_SELF,
                alias.at(),
                alias.text().equals(key.key())
                        ? "alias `%s` equals the key.".formatted(alias.text())
                        : "alias `%s` is already the second spelling of `%s`.".formatted(alias.text(), key.key()));
    }

    private static Report collision(KeyModel key, Literal alias, Map<String, String> owners) {
        String owner = owners.putIfAbsent(alias.text(), "another name of `" + key.key() + "`");
        return Report.when(
                owner != null,
                MistakeCode.ALIAS_COLLIDES,
                alias.at(),
                "alias `%s` of `%s` is %s.".formatted(alias.text(), key.key(), owner));
    }

    private static Report removedStillPresent(OptionsModel options) {
        return Report.all(options.ownRemovedKeys().stream()
                .flatMap(removed -> options.ownKeys()
                        .filter(key -> key.names().anyMatch(removed.key().text()::equals))
                        .map(key -> Report.of(
                                MistakeCode.REMOVED_STILL_PRESENT,
                                removed.key().at(),
                                "@RemovedKey(\"%s\") but the record still has component `%s`."
                                        .formatted(removed.key().text(), key.component())))));
    }

    private static Report secret(KeyModel key) {
        if (key.life().secret().isEmpty()) {
            return Report.clean();
        }
        TypeShape shape = key.shape() instanceof TypeShape.OptionalOf optional ? optional.value() : key.shape();
        Report defaulted = key.defaultValue()
                .map(literal -> Report.of(
                        MistakeCode.SECRET_DEFAULT,
                        literal.at(),
                        "@Secret component must not have a @Default (it would be published in the descriptor)."))
                .orElse(Report.clean());
        Report pointless = Report.when(
                !mayHoldSecret(shape),
                MistakeCode.SECRET_TYPE,
                key.life().secret().get(),
                "@Secret on %s leaks nothing useful; allowed: String, Path, Map.".formatted(shape.display()));
        return Report.all(Stream.of(defaulted, pointless));
    }

    private static boolean mayHoldSecret(TypeShape shape) {
        if (shape instanceof TypeShape.Scalar scalar) {
            return !scalar.kind().isPrimitive() && scalar.kind() != ScalarKind.DURATION;
        }
        return !(shape instanceof TypeShape.Boxed || shape instanceof TypeShape.EnumOf);
    }
}
