package io.graft.checkpoint.pytorch.pickle;

import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Global;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Item;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Sequence;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Follows the ways round a name: an attribute that is taken of one, by {@code getattr}, {@code attrgetter} or {@code methodcaller}, and
 * a state that makes an object call what it holds. What they lead to is refused as the name itself is; anything else of theirs, such as
 * a bound method, is harmless.
 */
final class Attributes {
    private static final String GETATTR = "builtins.getattr";
    private static final Set<String> GETTERS = Set.of(GETATTR, "operator.attrgetter", "operator.methodcaller");

    private Attributes() {}

    /**
     * Checks a call before it becomes a value.
     *
     * @throws IllegalPickle if it reaches what may not be named
     */
    static void check(Global function, List<PickleValue> arguments) {
        switch (known(function)) {
            case GETATTR -> checkGetattr(arguments);
            case "operator.attrgetter" -> arguments.forEach(name -> checkPath(text(name, "attrgetter")));
            case "operator.methodcaller" ->
                checkPath(arguments.isEmpty() ? "" : text(arguments.get(0), "methodcaller"));
            default ->
                arguments.stream()
                        .filter(argument -> argument instanceof Global global && GETTERS.contains(known(global)))
                        .findFirst()
                        .ifPresent(getter -> {
                            throw IllegalPickle.hostile(getter.typeName() + " is handed to " + function.qualifiedName()
                                    + ", which would take any attribute");
                        });
        }
    }

    /**
     * Checks the fields that an object is given.
     *
     * @throws IllegalPickle if one of them would be called
     */
    static void checkState(PickleValue object, PickleValue state) {
        // Fields may come in two dicts: those of the object, and those of its slots.
        List<PickleValue> parts = state instanceof Sequence both ? both.items() : List.of(state);
        for (PickleValue part : parts) {
            if (part instanceof Mapping fields) {
                for (Item field : fields.items()) {
                    if (field.key() instanceof Text name && RunningNames.isHook(name.value())) {
                        throw IllegalPickle.hostile("the state of a " + object.typeName() + " sets "
                                + Refusals.quote(name.value()) + ", which would be called");
                    }
                }
            }
        }
    }

    private static void checkGetattr(List<PickleValue> arguments) {
        if (arguments.size() < 2) {
            return;
        }
        String name = text(arguments.get(1), "getattr");
        path(arguments.get(0)).ifPresent(target -> {
            List<String> walk = new ArrayList<>(target.walk);
            walk.add(name);
            if (RunningNames.contain(target.module, walk)) {
                throw IllegalPickle.hostile(
                        "the file asks to run " + target.module + "." + String.join(".", walk) + "; nothing was run");
            }
        });
        checkPath(name);
    }

    private static void checkPath(String path) {
        for (String step : path.split("\\.", -1)) {
            if (RunningNames.isRunningAttribute(step)) {
                throw IllegalPickle.hostile("the file takes the attribute " + Refusals.quote(step)
                        + " of an object, which leads to running code; nothing was run");
            }
        }
    }

    private static String text(PickleValue name, String getter) {
        if (name instanceof Text text) {
            return text.value();
        }
        throw IllegalPickle.hostile("the name of an attribute that " + getter + " takes is a " + name.typeName());
    }

    /** A name, and what is taken of it. */
    private record Path(String module, List<String> walk) {}

    /** What a value stands for, if that is a name or an attribute of one. */
    private static Optional<Path> path(PickleValue value) {
        List<String> taken = new ArrayList<>();
        PickleValue target = value;
        while (target instanceof Opaque call
                && known(call.type()).equals(GETATTR)
                && call.arguments() instanceof Sequence arguments
                && arguments.items().size() > 1
                && arguments.items().get(1) instanceof Text name) {
            taken.add(0, name.value());
            target = arguments.items().get(0);
        }
        if (!(target instanceof Global global)) {
            return Optional.empty();
        }
        taken.add(0, global.name());
        return Optional.of(new Path(global.module(), taken));
    }

    private static String known(Global function) {
        return RunningNames.canonical(function.module()) + "." + function.name();
    }
}
