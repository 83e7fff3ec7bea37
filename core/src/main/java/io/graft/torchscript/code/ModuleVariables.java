package io.graft.torchscript.code;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which module each variable of a method holds. Code is printed in steps, each of which has a name, so that it is known.
 *
 * @param <M> a module
 */
final class ModuleVariables<M> {
    static final String CHAIN = "[A-Za-z_]\\w*(?:\\.[A-Za-z_]\\w*)*";
    private static final Pattern NAMED = Pattern.compile("\\s*([A-Za-z_]\\w*) = (" + CHAIN + ")");
    private static final Pattern TAKEN =
            Pattern.compile("\\s*([A-Za-z_]\\w*) = getattr\\((" + CHAIN + "), (\".*\")\\)");
    private static final Set<String> NO_VARIABLES = Set.of("torch", "ops", "CONSTANTS", "__torch__");

    private final BiFunction<M, String, Optional<M>> child;
    private final Map<String, M> modules = new HashMap<>();

    /**
     * @param child the module that a field of a module holds; empty if it holds none
     */
    ModuleVariables(BiFunction<M, String, Optional<M>> child, String receiver, M self) {
        this.child = child;
        modules.put(receiver, self);
    }

    /** Takes in what a line sets. */
    void learn(String line) {
        Matcher taken = TAKEN.matcher(line);
        Matcher named = NAMED.matcher(line);
        if (taken.matches()) {
            String quoted = taken.group(3);
            set(
                    taken.group(1),
                    module(taken.group(2))
                            .flatMap(module -> child.apply(module, quoted.substring(1, quoted.length() - 1))));
        } else if (named.matches()) {
            set(named.group(1), module(named.group(2)));
        }
    }

    private void set(String variable, Optional<M> module) {
        module.ifPresentOrElse(found -> modules.put(variable, found), () -> modules.remove(variable));
    }

    /** Whether it is known which module the first variable of a chain of fields holds; what begins no chain of a module's is not asked. */
    boolean knows(String chain) {
        return modules.containsKey(first(chain));
    }

    /** Whether a chain begins with a name that is no variable. */
    static boolean isForeign(String chain) {
        return NO_VARIABLES.contains(first(chain));
    }

    private static String first(String chain) {
        return chain.contains(".") ? chain.substring(0, chain.indexOf('.')) : chain;
    }

    /** The module that a chain of fields leads to. */
    Optional<M> module(String chain) {
        String[] steps = chain.split("\\.");
        Optional<M> module = Optional.ofNullable(modules.get(steps[0]));
        for (int i = 1; i < steps.length; i++) {
            String step = steps[i];
            module = module.flatMap(holder -> child.apply(holder, step));
        }
        return module;
    }
}
