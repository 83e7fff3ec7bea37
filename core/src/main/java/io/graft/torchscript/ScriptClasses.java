package io.graft.torchscript;

import io.graft.checkpoint.pytorch.pickle.PickleValue.Global;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Item;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Text;
import io.graft.checkpoint.pytorch.script.ScriptCode;
import io.graft.checkpoint.pytorch.script.ScriptCode.ScriptClass;
import io.graft.torchscript.code.ClassText;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The classes of an archive's code, and how its modules hold each other by them. */
final class ScriptClasses {
    private static final String CLONES = "__torch__.graft.m";

    private final ScriptCode code;
    private final Map<Global, Optional<ClassText>> texts = new ConcurrentHashMap<>();

    ScriptClasses(ScriptCode code) {
        this.code = code;
    }

    /** The code of a class; empty if it is not there. */
    Optional<ClassText> find(Global type) {
        return texts.computeIfAbsent(
                type, wanted -> code.text(wanted.module()).flatMap(text -> ClassText.find(text, wanted.name())));
    }

    /** Whether an object is a module. */
    private boolean isModule(Opaque object) {
        return code.find(object.type()).filter(ScriptClass::isModule).isPresent();
    }

    /** The modules that a module holds, by field. */
    Map<String, Opaque> fields(Opaque object) {
        Map<String, Opaque> children = new LinkedHashMap<>();
        if (object.state() instanceof Mapping fields) {
            for (Item item : fields.items()) {
                if (item.key() instanceof Text field && item.value() instanceof Opaque child && isModule(child)) {
                    children.put(field.value(), child);
                }
            }
        }
        return children;
    }

    /** The member that holds a class's code. */
    static String file(Global type) {
        return ScriptCode.member(type.module());
    }

    /**
     * The name of a module for a class that is no member yet.
     *
     * @param from the least number that it may have
     */
    static String freeModule(Set<String> members, int from) {
        int number = from;
        while (members.contains(file(new Global(CLONES + number, "")))) {
            number++;
        }
        return CLONES + number;
    }

    /** The number of such a name. */
    static int number(String module) {
        return Integer.parseInt(module.substring(CLONES.length()));
    }
}
