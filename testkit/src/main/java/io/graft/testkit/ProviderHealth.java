package io.graft.testkit;

import io.graft.Modifier;
import io.graft.config.Flatten;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.registry.PlugDescriptor;
import io.graft.registry.PlugDescriptor.OptionDescriptor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What is wrong with a provider that can be found. */
final class ProviderHealth {
    private final ModifierUnderTest subject;
    private final PlugDescriptor descriptor;
    private final List<String> complaints = new ArrayList<>();

    private ProviderHealth(ModifierUnderTest subject) {
        this.subject = subject;
        this.descriptor = subject.registered().descriptor();
    }

    /** One line each; empty if the provider is healthy. */
    static List<String> complaints(ModifierUnderTest subject) {
        ProviderHealth health = new ProviderHealth(subject);
        health.checkId();
        health.checkClass();
        health.checkOptions();
        return List.copyOf(health.complaints);
    }

    private void checkId() {
        String shared = "`" + descriptor.id() + "` ";
        subject.registry().problems().stream()
                .filter(problem -> problem.code() == ProblemCode.DUPLICATE_ID)
                .map(Problem::message)
                .filter(message -> message.startsWith(shared))
                .forEach(complaints::add);
    }

    private void checkClass() {
        Modifier annotation = subject.type().getAnnotation(Modifier.class);
        if (annotation == null) {
            complaints.add("`" + descriptor.className() + "` has no @Modifier; build again");
        } else if (!descriptor.id().equals(annotation.value())
                || !descriptor.aliases().equals(List.of(annotation.aliases()))) {
            complaints.add("the id or the aliases of the descriptor are not those of @Modifier(\"" + annotation.value()
                    + "\"); build again");
        }
        if (descriptor.documentation().isBlank()) {
            complaints.add("the modifier is not documented; describe it in the Javadoc of `"
                    + subject.type().getSimpleName() + "`");
        }
    }

    private void checkOptions() {
        Optional<Class<?>> options = subject.optionsType();
        long described = descriptor.options().stream()
                .filter(option -> !option.key().contains("."))
                .count();
        long components = options.map(ProviderHealth::keys).orElse(0L);
        if (described != components) {
            complaints.add("the number of options in the descriptor is " + described + ", and "
                    + options.map(type -> "in `" + type.getSimpleName() + "` " + components)
                            .orElse("the constructor takes none")
                    + "; build again");
        }
        if (options.isPresent()) {
            checkBinder();
        }
        descriptor.options().forEach(this::checkOption);
    }

    /** How many keys a record has, with those of the records that are flattened into it. */
    private static long keys(Class<?> record) {
        return Arrays.stream(record.getRecordComponents())
                .mapToLong(component -> component.isAnnotationPresent(Flatten.class) ? keys(component.getType()) : 1)
                .sum();
    }

    private void checkBinder() {
        try {
            subject.binder();
        } catch (AssertionError absent) {
            complaints.add(absent.getMessage());
        }
    }

    private void checkOption(OptionDescriptor option) {
        if (option.documentation().isBlank()) {
            complaints.add(
                    "option `" + option.key() + "` is not documented; add its @param to the Javadoc of the record");
        }
        if (option.type().isBlank()) {
            complaints.add("option `" + option.key() + "` has no type; build again");
        }
    }
}
