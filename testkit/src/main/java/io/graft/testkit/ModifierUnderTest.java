package io.graft.testkit;

import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.OptionsConstructor;
import io.graft.config.reading.Binder;
import io.graft.problem.Problem;
import io.graft.problem.ProblemRenderer;
import io.graft.problem.Suggestions;
import io.graft.registry.PlugRegistry;
import io.graft.registry.RegisteredPlug;
import java.lang.reflect.Constructor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The modifier that a test is about, with what the processor has generated for it. Looked up when it is needed. */
final class ModifierUnderTest {
    private static final String ADVICE =
            "; let graft-processor run, in `annotationProcessorPaths` of the maven-compiler-plugin, and build again";

    private final String name;
    private final ClassLoader loader;
    private final PlugRegistry registry;

    /**
     * @param name id, alias or class name
     */
    ModifierUnderTest(String name, ClassLoader loader) {
        this.name = name;
        this.loader = loader;
        this.registry = PlugRegistry.discover(loader);
    }

    PlugRegistry registry() {
        return registry;
    }

    /** What {@link java.util.ServiceLoader} finds. */
    RegisteredPlug<ModelModifier> registered() {
        return registry.modifier(name).orElseThrow(() -> new AssertionError(notFound()));
    }

    private String notFound() {
        List<Problem> concerning = registry.problems().stream()
                .filter(problem -> problem.message().contains("`" + name + "`"))
                .toList();
        if (!concerning.isEmpty()) {
            return "`" + name + "` cannot be used\n" + ProblemRenderer.plain().render(concerning);
        }
        Optional<Class<?>> type = load(name);
        if (type.isPresent()) {
            return type.get().isAnnotationPresent(Modifier.class)
                    ? "no provider of `" + name + "` is on the class path" + ADVICE
                    : "`" + name + "` has no @Modifier, so that nothing is generated for it";
        }
        List<String> ids = registry.modifiers().stream().map(RegisteredPlug::id).toList();
        String help = Suggestions.didYouMean(name, ids);
        return "no modifier is called `" + name + "`; "
                + (help.isEmpty() ? "found: " + (ids.isEmpty() ? "none" : String.join(", ", ids)) : help);
    }

    Class<?> type() {
        String className = registered().descriptor().className();
        return load(className).orElseThrow(() -> new AssertionError("there is no class `" + className + "`" + ADVICE));
    }

    /** The options record; empty if the modifier has no options. */
    Optional<Class<?>> optionsType() {
        return constructor().map(constructor -> constructor.getParameterTypes()[0]);
    }

    /** As the processor chooses it: the marked one, else the only one. */
    private Optional<Constructor<?>> constructor() {
        List<Constructor<?>> usable = Arrays.stream(type().getConstructors())
                .filter(ModifierUnderTest::isUsable)
                .toList();
        Predicate<Constructor<?>> marked = constructor -> constructor.isAnnotationPresent(OptionsConstructor.class);
        return usable.stream()
                .filter(usable.stream().anyMatch(marked) ? marked : any -> true)
                .filter(constructor -> constructor.getParameterCount() == 1)
                .findFirst();
    }

    private static boolean isUsable(Constructor<?> constructor) {
        Class<?>[] parameters = constructor.getParameterTypes();
        return parameters.length == 0 || (parameters.length == 1 && parameters[0].isRecord());
    }

    /** The generated binder of the options record. */
    Binder<?> binder() {
        Class<?> options = optionsType()
                .orElseThrow(() -> new AssertionError(
                        "`" + registered().id() + "` has no options: its constructor takes no arguments"));
        String binder = binderName(options);
        try {
            return (Binder<?>)
                    options.getClassLoader().loadClass(binder).getConstructor().newInstance();
        } catch (ReflectiveOperationException | LinkageError failure) {
            throw new AssertionError("there is no binder `" + binder + "`" + ADVICE, failure);
        }
    }

    private static String binderName(Class<?> options) {
        String packageName = options.getPackageName();
        String simpleNames = options.getName()
                .substring(packageName.isEmpty() ? 0 : packageName.length() + 1)
                .replace('$', '_');
        return (packageName.isEmpty() ? "" : packageName + ".") + simpleNames + "_Binder";
    }

    private Optional<Class<?>> load(String className) {
        try {
            return Optional.of(Class.forName(className, false, loader));
        } catch (ClassNotFoundException | LinkageError absent) {
            return Optional.empty();
        }
    }
}
