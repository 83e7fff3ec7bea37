package io.graft.torchscript;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.graft.checkpoint.pytorch.pickle.PickleValue.Global;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** The classes of the objects that pack codes when a program is loaded: one for all weights that are packed in the same way. */
final class PackedClasses {
    private static final String MODULE = "__torch__.graft.codes";
    private static final String NAME = "Codes";

    /** By their texts, where they have no full name. */
    private final Map<String, Global> types = new HashMap<>();

    private final Map<String, byte[]> files = new LinkedHashMap<>();

    /** Whether a member, without the archive's folder, is the file of such a class, or of what belongs to it. */
    static boolean isFile(String member) {
        return member.matches("code/__torch__/graft/codes\\d+\\.py.*");
    }

    /** The class for some codes. */
    Global of(PackedCodes codes) {
        return types.computeIfAbsent(codes.text(NAME, ""), text -> {
            Global type = new Global(MODULE + types.size(), NAME);
            files.put(
                    ScriptClasses.file(type),
                    codes.text(NAME, type.qualifiedName()).getBytes(UTF_8));
            return type;
        });
    }

    /** The files of code, by their members' names. */
    Map<String, byte[]> files() {
        return files;
    }
}
